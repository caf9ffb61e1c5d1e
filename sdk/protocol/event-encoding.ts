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
/** The same behind its length, as it stands in front of what is signed. */
export const signedPrefix: Uint8Array = Uint8Array.of(domain.length, ...domain);
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
  const bytes = new Uint8Array(signedPrefix.length + covered);
  bytes.set(signedPrefix);
  bytes.set(encoded.subarray(0, covered), signedPrefix.length);
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
  return decodeWhole(bytes).event;
}

/** Bytes of version, stream and partition, with which every event begins. */
const placeBytes = 1 + 20 + 4;
/** Where timestamp and sequence number end and the rest of the header begins. */
const restAt = placeBytes + 8 + 4;

/**
 * Reads events one after the other, as {@link decodeEvent} does. Those of one publisher differ in little but time,
 * number, content and signature: a header that is the same as the one before, byte for byte, is not read again.
 */
export class EventDecoder {
  #bytes: Uint8Array = new Uint8Array();
  #before: StreamEvent | undefined;
  #contentAt = 0;

  /** @throws {@link EventMalformedError} */
  decode(bytes: Uint8Array): StreamEvent {
    const before = this.#before;
    if (before === undefined || !this.#continues(bytes)) {
      const { event, contentAt } = decodeWhole(bytes);
      this.#bytes = bytes;
      this.#before = event;
      this.#contentAt = contentAt;
      return event;
    }
    const contentFrom = this.#contentAt + 4;
    const contentUntil = contentFrom + integerAt(bytes, this.#contentAt);
    const signatureFrom = contentUntil + 2;
    const signatureLength = ((bytes[contentUntil] ?? 0) << 8) | (bytes[contentUntil + 1] ?? 0);
    const timestamp = integerAt(bytes, placeBytes) * 2 ** 32 + integerAt(bytes, placeBytes + 4);
    const isOrdinary =
      contentUntil - contentFrom <= eventLimits.content &&
      signatureLength > 0 &&
      signatureLength <= eventLimits.signature &&
      signatureFrom + signatureLength === bytes.length &&
      Number.isSafeInteger(timestamp) &&
      (before.encryptionType === 'none' || contentUntil - contentFrom >= sealBytes);
    // Says what is wrong.
    if (!isOrdinary) return decodeEvent(bytes);
    return {
      version: eventVersion,
      stream: before.stream,
      partition: before.partition,
      timestamp,
      sequence: integerAt(bytes, placeBytes + 8),
      contentType: before.contentType,
      encryptionType: before.encryptionType,
      era: before.era,
      slot: before.slot,
      content: bytes.subarray(contentFrom, contentUntil),
      originType: before.originType,
      origin: before.origin,
      signatureType: before.signatureType,
      signature: bytes.subarray(signatureFrom)
    };
  }

  #continues(bytes: Uint8Array): boolean {
    const known = this.#bytes;
    const end = this.#contentAt;
    if (bytes.length < end + 4) return false;
    for (let at = 0; at < placeBytes; at += 1) if (bytes[at] !== known[at]) return false;
    for (let at = restAt; at < end; at += 1) if (bytes[at] !== known[at]) return false;
    return true;
  }
}

/** A big-endian integer of four bytes. */
const integerAt = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;

/** An event, and where its header ends and the length of its content begins. */
function decodeWhole(bytes: Uint8Array): { event: StreamEvent; contentAt: number } {
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
  const contentAt = reader.at;
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
  return { event, contentAt };
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
