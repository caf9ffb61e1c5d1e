import * as z from 'zod';
import { fromBase64, toBase64 } from './base64.ts';
import { encodeEvent, EventMalformedError } from './event-encoding.ts';
import { eventLimits, eventVersion, type StreamEvent } from './event.ts';
import { addressSchema, hexUpTo, millisecondsSchema } from './primitives.ts';

const unsigned32 = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const base64 = (bytes: number) => z.base64().max(Math.ceil(bytes / 3) * 4);

/** An event over HTTP: content and signature as base64, all else plain. */
export const eventJsonSchema = z.object({
  version: z.literal(eventVersion),
  stream: addressSchema,
  partition: unsigned32,
  /** Unix time in milliseconds. */
  timestamp: millisecondsSchema,
  sequence: unsigned32,
  contentType: z.string().min(1).max(eventLimits.contentType),
  encryptionType: z.enum(['none', 'aes-256-gcm']),
  era: unsigned32,
  slot: unsigned32,
  content: base64(eventLimits.content),
  originType: z.string().max(32),
  origin: hexUpTo(256),
  signatureType: z.string().max(32),
  signature: base64(eventLimits.signature)
});
export type EventJson = z.output<typeof eventJsonSchema>;

/** The JSON form of an event. */
export function eventToJson(event: StreamEvent): EventJson {
  return { ...event, content: toBase64(event.content), signature: toBase64(event.signature) };
}

/**
 * The event of its JSON form.
 *
 * @param json - Anything; it is checked.
 * @throws {@link EventMalformedError} naming the fields that are wrong.
 */
export function eventFromJson(json: unknown): StreamEvent {
  const parsed = eventJsonSchema.safeParse(json);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new EventMalformedError(`Correct the event: ${faults.join('; ')}.`);
  }
  const event: StreamEvent = {
    ...parsed.data,
    content: bytesOfBase64(parsed.data.content, 'content'),
    signature: bytesOfBase64(parsed.data.signature, 'signature')
  };
  // Encoding applies the rules that the schema does not know.
  encodeEvent(event);
  return event;
}

function bytesOfBase64(text: string, field: string): Uint8Array {
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new EventMalformedError(`Correct the event: ${field} is not canonical base64.`);
  return bytes;
}
