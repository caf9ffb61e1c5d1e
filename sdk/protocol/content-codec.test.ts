import { create, toBinary } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label, FieldDescriptorProto_Type, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf, utf8 } from './binary.ts';
import { codecOf, createContentCodec } from './content-codec.ts';
import { EventSchemaMismatchError, SchemaInvalidError } from './schema-errors.ts';
import { contentIdOf } from './content-id.ts';
import { ContentTypeInvalidError, formatContentType, parseContentType } from './content-type.ts';

const json = (value: unknown) => utf8(JSON.stringify(value));

const jsonSchema = json({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  required: ['line', 'at'],
  properties: {
    line: { type: 'integer', minimum: 1 },
    at: {
      type: 'array',
      prefixItems: [
        { type: 'number', minimum: -90, maximum: 90 },
        { type: 'number', minimum: -180, maximum: 180 }
      ],
      items: false,
      minItems: 2
    }
  },
  unevaluatedProperties: false
});

const avroSchema = json({
  type: 'record',
  name: 'Reading',
  fields: [
    { name: 'celsius', type: 'double' },
    { name: 'station', type: 'string' },
    { name: 'battery', type: ['null', 'int'], default: null }
  ]
});

const protobufSchema = toBinary(
  FileDescriptorSetSchema,
  create(FileDescriptorSetSchema, {
    file: [
      {
        name: 'weather.proto',
        package: 'weather',
        syntax: 'proto3',
        messageType: [
          {
            name: 'Reading',
            field: [
              ['celsius', FieldDescriptorProto_Type.DOUBLE],
              ['station', FieldDescriptorProto_Type.STRING]
            ].map(([name, type], index) => ({
              name: String(name),
              jsonName: String(name),
              number: index + 1,
              type: type as FieldDescriptorProto_Type,
              label: FieldDescriptorProto_Label.OPTIONAL
            }))
          }
        ]
      }
    ]
  })
);

function mismatchOf(action: () => unknown): EventSchemaMismatchError {
  try {
    action();
  } catch (error) {
    if (error instanceof EventSchemaMismatchError) return error;
    throw error;
  }
  return expect.fail('it fits');
}

describe('content types', () => {
  it('are read as they were written', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/);
    fc.assert(
      fc.property(fc.option(name, { nil: undefined }), fc.option(name, { nil: undefined }), (schema, message) => {
        const type = { mediaType: 'application/protobuf', schema, message };
        expect(parseContentType(formatContentType(type))).toEqual(type);
      })
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(typeof parseContentType(text).mediaType).toBe('string');
      })
    );
  });

  it('fit into an event', () => {
    const message = 'a'.repeat(60);
    const parts = { mediaType: 'application/protobuf', schema: contentIdOf(jsonSchema), message };
    expect(() => formatContentType(parts)).toThrow(ContentTypeInvalidError);
    expect(() => formatContentType({ mediaType: 'Text Plain' })).toThrow(ContentTypeInvalidError);
    expect(() => formatContentType({ mediaType: 'a/b', schema: 'x; y=z' })).toThrow(ContentTypeInvalidError);
  });
});

describe('JSON with a schema', () => {
  const codec = createContentCodec({ kind: 'json', schema: jsonSchema });

  it('takes what fits and names the schema', async () => {
    const { contentType, encode, decode } = await codec;
    expect(contentType).toBe(`application/json; schema=${contentIdOf(jsonSchema)}`);
    const value = { line: 7, at: [60.17, 24.94] };
    expect(decode(encode(value))).toEqual(value);
  });

  it.each([
    [{ line: 0, at: [1, 2] }, '/line'],
    [{ line: 1, at: [1, 200] }, '/at/1'],
    [{ line: 1, at: [1, 2, 3] }, '/at/2'],
    [{ line: 1 }, ''],
    [undefined, '']
  ])('refuses %j at %s with a reason', async (value, path) => {
    const { encode } = await codec;
    const mismatch = mismatchOf(() => encode(value));
    expect(mismatch.path).toBe(path);
    expect(mismatch.reason).not.toBe('');
  });

  it('refuses more properties, and bytes that are no JSON', async () => {
    const { encode, decode } = await codec;
    expect(() => encode({ line: 1, at: [1, 2], more: 1 })).toThrow(EventSchemaMismatchError);
    expect(() => decode(Uint8Array.of(0xff))).toThrow(EventSchemaMismatchError);
  });

  it('refuses schemas that are none or lead out of themselves', async () => {
    await expect(createContentCodec({ kind: 'json', schema: utf8('{') })).rejects.toThrow(SchemaInvalidError);
    await expect(createContentCodec({ kind: 'json', schema: utf8('[]') })).rejects.toThrow(SchemaInvalidError);
    const away = await createContentCodec({ kind: 'json', schema: json({ $ref: 'https://example.com/other' }) });
    expect(() => away.encode({})).toThrow(SchemaInvalidError);
  });
});

describe('Avro', () => {
  const codec = createContentCodec({ kind: 'avro', schema: avroSchema });

  it('has the bytes of its specification', async () => {
    const { contentType, encode, decode } = await codec;
    expect(contentType).toBe(`application/avro; schema=${contentIdOf(avroSchema)}`);
    const bytes = encode({ celsius: 1, station: 'oslo', battery: null });
    // A double, little-endian; a length in zigzag and UTF-8; the branch of the union.
    expect(hexOf(bytes)).toBe('0x000000000000f03f086f736c6f00');
    expect(decode(bytes)).toEqual({ celsius: 1, station: 'oslo', battery: null });
  });

  it('refuses what does not fit', async () => {
    const { encode, decode } = await codec;
    expect(mismatchOf(() => encode({ celsius: 'warm', station: 'oslo', battery: null })).path).toBe('/celsius');
    expect(() => decode(Uint8Array.of(1, 2))).toThrow(EventSchemaMismatchError);
    await expect(createContentCodec({ kind: 'avro', schema: utf8('{"type":"none"}') })).rejects.toThrow(
      SchemaInvalidError
    );
  });
});

describe('Protocol Buffers', () => {
  const message = 'weather.Reading';
  const codec = createContentCodec({ kind: 'protobuf', schema: protobufSchema, message });

  it('has the bytes of its specification', async () => {
    const { contentType, encode, decode } = await codec;
    expect(contentType).toBe(`application/protobuf; schema=${contentIdOf(protobufSchema)}; message=${message}`);
    const bytes = encode({ celsius: 1, station: 'oslo' });
    expect(hexOf(bytes)).toBe('0x09000000000000f03f12046f736c6f');
    expect(decode(bytes)).toEqual({ celsius: 1, station: 'oslo' });
  });

  it('refuses what does not fit', async () => {
    const { encode, decode } = await codec;
    expect(mismatchOf(() => encode({ celsius: 'warm' })).path).toBe('/celsius');
    expect(() => encode({ unknown: 1 })).toThrow(EventSchemaMismatchError);
    expect(() => decode(Uint8Array.of(0x09, 1))).toThrow(EventSchemaMismatchError);
    const none = { kind: 'protobuf', schema: protobufSchema, message: 'weather.None' } as const;
    await expect(createContentCodec(none)).rejects.toThrow(SchemaInvalidError);
    await expect(createContentCodec({ ...none, schema: Uint8Array.of(1) })).rejects.toThrow(SchemaInvalidError);
  });
});

it('finds the codec that a content type asks for, and believes no other document', async () => {
  const codec = await createContentCodec({ kind: 'avro', schema: avroSchema });
  const found = await codecOf(codec.contentType, () => Promise.resolve(avroSchema));
  expect(found?.contentType).toBe(codec.contentType);
  await expect(codecOf(codec.contentType, () => Promise.resolve(jsonSchema))).rejects.toThrow(SchemaInvalidError);
  const never = () => Promise.reject(new RangeError('not asked for'));
  expect(await codecOf('application/json', never)).toBeUndefined();
  expect(await codecOf('image/png; schema=x', never)).toBeUndefined();
});
