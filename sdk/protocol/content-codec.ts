import { contentIdOf } from './content-id.ts';
import { formatContentType, mediaTypes, parseContentType } from './content-type.ts';
import { SchemaInvalidError } from './schema-errors.ts';

/**
 * Codecs: values to the content of events and back, by a schema. The schema is a document under its content id; which
 * one a stream's events follow stands in the product document (streams[].schema), whose hash is in the offer. What
 * reads schemas is loaded when the first one is needed.
 */
export interface ContentCodec {
  /** Content type of everything that it encodes. */
  readonly contentType: string;
  /** @throws {@link EventSchemaMismatchError} where the value does not follow the schema. */
  encode(value: unknown): Uint8Array;
  /** @throws {@link EventSchemaMismatchError} where the bytes do not follow the schema. */
  decode(bytes: Uint8Array): unknown;
}

/** How a schema is written. */
export type SchemaKind = keyof typeof mediaTypes;

/** Bytes of a schema: one block, as other documents. */
export const schemaLimit = 128 * 1024;

/**
 * A codec for a schema.
 *
 * @param parameters.schema - The document: JSON Schema or Avro as JSON, a FileDescriptorSet of Protocol Buffers.
 * @param parameters.message - Full name of the message, for Protocol Buffers.
 * @throws {@link SchemaInvalidError}; ContentTypeInvalidError where the name of the message is too long.
 */
export async function createContentCodec(parameters: {
  readonly kind: SchemaKind;
  readonly schema: Uint8Array;
  readonly message?: string;
}): Promise<ContentCodec> {
  const { kind, schema, message } = parameters;
  if (schema.length > schemaLimit) {
    throw new SchemaInvalidError(`Keep the schema within ${String(schemaLimit)} bytes.`);
  }
  const contentType = formatContentType({ mediaType: mediaTypes[kind], schema: contentIdOf(schema), message });
  if (kind === 'json') {
    const { jsonCodec } = await import('./json-codec.ts');
    return { contentType, ...jsonCodec(schema) };
  }
  if (kind === 'avro') {
    const { avroCodec } = await import('./avro-codec.ts');
    return { contentType, ...(await avroCodec(schema)) };
  }
  if (message === undefined) throw new SchemaInvalidError('Name the message of the Protocol Buffers schema.');
  const { protobufCodec } = await import('./protobuf-codec.ts');
  return { contentType, ...protobufCodec(schema, message) };
}

/**
 * The codec that a content type asks for.
 *
 * @param fetchSchema - Gives the document of a content id, checked against it.
 * @returns Undefined where the type names no schema, or is of no kind that is known here.
 */
export async function codecOf(
  contentType: string,
  fetchSchema: (cid: string) => Promise<Uint8Array>
): Promise<ContentCodec | undefined> {
  const { mediaType, schema: cid, message } = parseContentType(contentType);
  const kind = (Object.keys(mediaTypes) as SchemaKind[]).find((each) => mediaTypes[each] === mediaType);
  if (cid === undefined || kind === undefined) return undefined;
  const schema = await fetchSchema(cid);
  if (contentIdOf(schema) !== cid) throw new SchemaInvalidError(`The document is not that of ${cid}.`);
  return createContentCodec({ kind, schema, ...(message === undefined ? {} : { message }) });
}
