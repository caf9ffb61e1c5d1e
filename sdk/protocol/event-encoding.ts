import { BinaryReader, BinaryWriter, utf8 } from './binary.ts';
import { eventLimits, eventVersion, type EncryptionType, type StreamEvent } from './event.ts';
import { TributaryError } from './problem.ts';

/** An event before it is signed. */
export type UnsignedEvent = Omit<StreamEvent, 'signature'>;
/** All that an event says about its content: what encryption binds the content to. */
export type EventHeader = Omit<UnsignedEvent, 'content'>;

/** The event breaks a rule of the protocol; the message names the field. */
export class EventMalformedError extends TributaryError {
  readonly code = 'event-malformed';
  readonly title = 'The event is malformed';
}

/** First bytes of what is signed, so that no signature over anything else is ever one over an event. */
const domain = utf8('tributary/event');
/** Bytes of nonce and tag that AES-256-GCM adds to the content. */
const sealBytes = 12 + 16;
const namePattern = /^[a-z0-9][a-z0-9-]{0,31}$/;
const nameBytes = 32;
const originBytes = 256;

const refuse = (reason: string): never => {
  throw new EventMalformedError(`Correct the event: ${reason}.`);
};

/**
 * The canonical encoding of an event; its layout stands in this folder's README.
 *
 * @returns At most about 273 kB: content and signature up to their limits, and under 1 kB of the rest.
 * @throws {@link EventMalformedError} where a field is outside its limits ({@link eventLimits}).
 */
export function encodeEvent(event: StreamEvent): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter(refuse, 512 + event.content.length + event.signature.length);
  writeHeader(writer, event);
  writeContent(writer, event);
  if (event.signature.length === 0) refuse('the signature is empty');
  return writer.variable(event.signature, 2, eventLimits.signature, 'signature').finish();
}

/**
 * What the signature covers: the domain tag, then the encoding of every other field.
 *
 * @throws {@link EventMalformedError} where a field is outside its limits.
 */
export function encodeSignedPart(event: UnsignedEvent): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter(refuse, 512 + event.content.length);
  writer.variable(domain, 1, 255, 'domain');
  writeHeader(writer, event);
  writeContent(writer, event);
  return writer.finish();
}

/**
 * The same, out of the bytes from which the event was decoded: in both, header and content stand as they are.
 *
 * @param encoded - What {@link decodeEvent} took.
 * @param signature - Of the event that it gave.
 */
export function signedPartOf(encoded: Uint8Array, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const covered = encoded.length - 2 - signature.length;
  const bytes = new Uint8Array(1 + domain.length + covered);
  bytes[0] = domain.length;
  bytes.set(domain, 1);
  bytes.set(encoded.subarray(0, covered), 1 + domain.length);
  return bytes;
}

/**
 * The additional data under which the content is encrypted: the domain tag and every field but content and signature.
 *
 * @throws {@link EventMalformedError} where a field is outside its limits.
 */
export function encodeHeader(header: EventHeader): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter(refuse);
  writer.variable(domain, 1, 255, 'domain');
  writeHeader(writer, header);
  return writer.finish();
}

/**
 * Reads an encoded event. There is one encoding per event: encoding the result gives the same bytes.
 *
 * @param bytes - One event; content and signature of the result are views of it, not copies.
 * @throws {@link EventMalformedError} where the bytes are no event of version 1 in canonical form.
 */
export function decodeEvent(bytes: Uint8Array): StreamEvent {
  const reader = new BinaryReader(bytes, refuse);
  const version = reader.integer(1, 'version');
  if (version !== eventVersion)
    refuse(`version ${String(version)} is unknown, this is version ${String(eventVersion)}`);
  const stream = reader.hex(20, 'stream');
  const partition = reader.integer(4, 'partition');
  const timestamp = reader.integer(8, 'timestamp');
  const sequence = reader.integer(4, 'sequence');
  const contentType = reader.text(1, eventLimits.contentType, 'content type');
  const encryptionType = reader.text(1, nameBytes, 'encryption type') as EncryptionType;
  const era = reader.integer(4, 'era');
  const slot = reader.integer(4, 'slot');
  const originType = reader.text(1, nameBytes, 'origin type');
  const originLength = reader.integer(2, 'length of origin');
  if (originLength > originBytes) refuse(`the origin is longer than ${String(originBytes)} bytes`);
  const origin = reader.hex(originLength, 'origin');
  const signatureType = reader.text(1, nameBytes, 'signature type');
  const content = reader.variable(4, eventLimits.content, 'content');
  const signature = reader.variable(2, eventLimits.signature, 'signature');
  reader.end();
  if (signature.length === 0) refuse('the signature is empty');
  const event: StreamEvent = {
    version: eventVersion,
    stream,
    partition,
    timestamp,
    sequence,
    contentType,
    encryptionType,
    era,
    slot,
    content,
    originType,
    origin,
    signatureType,
    signature
  };
  checkHeader(event);
  checkContent(event);
  return event;
}

function writeHeader(writer: BinaryWriter, header: EventHeader): void {
  checkHeader(header);
  writer
    .integer(header.version, 1, 'version')
    .hex(header.stream, 20, 'stream')
    .integer(header.partition, 4, 'partition')
    .integer(header.timestamp, 8, 'timestamp')
    .integer(header.sequence, 4, 'sequence')
    .text(header.contentType, 1, eventLimits.contentType, 'content type')
    .text(header.encryptionType, 1, nameBytes, 'encryption type')
    .integer(header.era, 4, 'era')
    .integer(header.slot, 4, 'slot')
    .text(header.originType, 1, nameBytes, 'origin type');
  const length = (header.origin.length - 2) / 2;
  writer
    .integer(length, 2, 'length of origin')
    .hex(header.origin, length, 'origin')
    .text(header.signatureType, 1, nameBytes, 'signature type');
}

function writeContent(writer: BinaryWriter, event: UnsignedEvent): void {
  checkContent(event);
  writer.variable(event.content, 4, eventLimits.content, 'content');
}

/** Rules that the layout alone does not enforce; the same for writing and reading. */
function checkHeader(header: EventHeader): void {
  // Callers from JavaScript or JSON may hand over what the type excludes.
  const version: number = header.version;
  const encryptionType: string = header.encryptionType;
  if (version !== eventVersion)
    refuse(`version ${String(version)} is unknown, this is version ${String(eventVersion)}`);
  if (header.contentType === '') refuse('the content type is empty');
  if (!namePattern.test(header.originType)) refuse('the origin type is no name');
  if (!namePattern.test(header.signatureType)) refuse('the signature type is no name');
  if (header.origin.length < 4 || header.origin.length > 2 + 2 * originBytes) {
    refuse(`the origin must have 1 to ${String(originBytes)} bytes`);
  }
  if (header.originType === 'address' && header.origin.length !== 42) {
    refuse('an origin of type address must have 20 bytes');
  }
  if (encryptionType === 'none') {
    if (header.era !== 0 || header.slot !== 0) refuse('era and slot of an unencrypted event must be 0');
  } else if (encryptionType !== 'aes-256-gcm') refuse('the encryption type is neither none nor aes-256-gcm');
}

function checkContent(event: UnsignedEvent): void {
  if (event.encryptionType === 'aes-256-gcm' && event.content.length < sealBytes) {
    refuse(`encrypted content must have at least ${String(sealBytes)} bytes: nonce and tag`);
  }
}
