import { createFileRegistry, fromBinary, fromJson, toBinary, toJson, type JsonValue } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import type { ContentCodec } from './content-codec.ts';
import { EventSchemaMismatchError, SchemaInvalidError } from './schema-errors.ts';

/**
 * Protocol Buffers. The schema is a FileDescriptorSet as `protoc --include_imports --descriptor_set_out` and `buf build`
 * write it; values are those of the JSON mapping of Protocol Buffers.
 */
export function protobufCodec(document: Uint8Array, message: string): Omit<ContentCodec, 'contentType'> {
  const registry = read(document);
  const type = registry.getMessage(message);
  if (type === undefined) throw new SchemaInvalidError(`Give a schema that contains the message ${message}.`);
  return {
    encode: (value) =>
      guarded(() => toBinary(type, fromJson(type, value as JsonValue, { registry, ignoreUnknownFields: false }))),
    decode: (bytes) => guarded(() => toJson(type, fromBinary(type, bytes), { registry }))
  };
}

function read(document: Uint8Array): ReturnType<typeof createFileRegistry> {
  try {
    return createFileRegistry(fromBinary(FileDescriptorSetSchema, document));
  } catch (cause) {
    throw new SchemaInvalidError('Give a FileDescriptorSet with all its imports.', { cause });
  }
}

function guarded<T>(convert: () => T): T {
  try {
    return convert();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // "cannot decode field weather.Reading.celsius from JSON: ..." names the field behind the message.
    const field = /field \S*\.([A-Za-z0-9_]+)/.exec(reason)?.[1];
    throw new EventSchemaMismatchError(field === undefined ? '' : `/${field}`, `${reason.slice(0, 300)}.`);
  }
}
