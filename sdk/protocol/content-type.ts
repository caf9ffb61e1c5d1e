import { eventLimits } from './event.ts';
import { TributaryError } from './problem.ts';

/**
 * Content types of events: a media type, for what follows a schema with the schema's content id as a parameter.
 *
 *   application/json; schema=<cid>                     JSON Schema (2020-12)
 *   application/avro; schema=<cid>                     Avro's binary encoding; the schema is JSON as Avro defines it
 *   application/protobuf; schema=<cid>; message=<name> Protocol Buffers; the schema is a FileDescriptorSet
 */
export interface ContentType {
  /** In lowercase, without parameters. */
  readonly mediaType: string;
  /** Content id of the schema. */
  readonly schema?: string | undefined;
  /** Full name of the message in a Protocol Buffers schema. */
  readonly message?: string | undefined;
}

export const mediaTypes = {
  json: 'application/json',
  avro: 'application/avro',
  protobuf: 'application/protobuf'
} as const;

/** The parts do not make a content type that fits into an event. */
export class ContentTypeInvalidError extends TributaryError {
  readonly code = 'content-type-invalid';
  readonly title = 'The content type is not valid';
}

const token = "[a-z0-9!#$&^_.+'*-]+";
const mediaTypePattern = new RegExp(`^${token}/${token}$`);
const valuePattern = /^[A-Za-z0-9_.-]+$/;

/**
 * The text of a content type.
 *
 * @throws {@link ContentTypeInvalidError}
 */
export function formatContentType({ mediaType, schema, message }: ContentType): string {
  if (!mediaTypePattern.test(mediaType)) {
    throw new ContentTypeInvalidError('Give a media type in lowercase, such as application/json.');
  }
  const parameters = { schema, message };
  let text = mediaType;
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (!valuePattern.test(value)) throw new ContentTypeInvalidError(`Give a plain name as ${name}.`);
    text += `; ${name}=${value}`;
  }
  if (text.length > eventLimits.contentType) {
    throw new ContentTypeInvalidError(
      `Choose a shorter name of the message: the content type has ${String(text.length)} bytes, ${String(eventLimits.contentType)} are allowed.`
    );
  }
  return text;
}

/** The parts of a content type; parameters that stand in quotes or are unknown are left aside. Never throws. */
export function parseContentType(text: string): ContentType {
  const [first = '', ...rest] = text.split(';');
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [name = '', value = ''] = part.split('=', 2).map((side) => side.trim());
    if (valuePattern.test(value) && !parameters.has(name)) parameters.set(name.toLowerCase(), value);
  }
  return {
    mediaType: first.trim().toLowerCase(),
    schema: parameters.get('schema'),
    message: parameters.get('message')
  };
}
