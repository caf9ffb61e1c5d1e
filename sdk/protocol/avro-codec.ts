import type { ContentCodec } from './content-codec.ts';
import { EventSchemaMismatchError, SchemaInvalidError } from './schema-errors.ts';

/** What is used of the library's type, which is described in terms of Node. */
interface AvroType {
  isValid(
    value: unknown,
    options: { errorHook: (path: string[], value: unknown, type: { typeName: string }) => void }
  ): boolean;
  toBuffer(value: unknown): Uint8Array;
  fromBuffer(bytes: Uint8Array): unknown;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Avro's binary encoding of one value, without header. In programs only: the library makes code at run time, which
 * pages forbid, and needs the buffers of Node.
 */
export async function avroCodec(document: Uint8Array): Promise<Omit<ContentCodec, 'contentType'>> {
  const { Buffer: buffers } = globalThis as unknown as { Buffer?: { from(bytes: Uint8Array): Uint8Array } };
  if (buffers === undefined) throw new SchemaInvalidError('Read and publish Avro in a program: pages cannot.');
  const { default: avro } = await import('avsc');
  let type: AvroType;
  try {
    type = avro.Type.forSchema(JSON.parse(decoder.decode(document)) as never);
  } catch (cause) {
    throw new SchemaInvalidError('Give an Avro schema as JSON.', { cause });
  }
  return {
    encode: (value) => {
      type.isValid(value, {
        errorHook: (path, _, expected) => {
          const pointer = path.map((part) => `/${part}`).join('');
          throw new EventSchemaMismatchError(pointer, `it is no ${expected.typeName.replace('abstract:', '')}.`);
        }
      });
      return Uint8Array.from(type.toBuffer(value));
    },
    decode: (bytes) => {
      try {
        // As plain data: records come as instances of classes made for the schema.
        return JSON.parse(JSON.stringify(type.fromBuffer(buffers.from(bytes)))) as unknown;
      } catch (error) {
        throw new EventSchemaMismatchError('', error instanceof Error ? `${error.message}.` : 'it does not decode.');
      }
    }
  };
}
