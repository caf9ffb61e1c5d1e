import { hash } from 'node:crypto';
import type { StreamEvent } from '#sdk/protocol/event';
import { JetStreamDamagedError } from './errors.ts';

/**
 * One message of JetStream: consecutive events of a partition, all of one slot. Many events share a message, since the
 * server writes each message to the disk by itself before it acknowledges. Layout, big-endian:
 *
 * version u8, events u32, then as doubles (integers below 2^53): offset of the first event, bytes of all events before
 * it, highest timestamp up to the end of this message, storing time; then per event: length u32, timestamp double, hash of the key 8
 * bytes; then the events, each in its canonical encoding.
 */
const version = 1;
const headBytes = 1 + 4 + 4 * 8;
const entryBytes = 4 + 8 + 8;
/** Bytes of events after which a new message begins. */
export const packedBytes = 128 * 1024;
/** Bytes of the largest message: a single event may be larger than what is packed. */
export const largestMessage = 512 * 1024;

/** What identifies an event within its partition, as 64 bits: others have the same one by chance only. */
export interface KeyHash {
  readonly high: number;
  readonly low: number;
}

/** The first 64 bits of SHA-256 over timestamp (8 bytes), sequence (8 bytes) and origin, as two unsigned integers. */
export function hashKey(event: Pick<StreamEvent, 'timestamp' | 'sequence' | 'origin'>): KeyHash {
  const origin = Buffer.from(event.origin.slice(2), 'hex');
  const key = Buffer.allocUnsafe(16 + origin.length);
  key.writeDoubleBE(event.timestamp, 0);
  key.writeDoubleBE(event.sequence, 8);
  origin.copy(key, 16);
  const digest = hash('sha256', key, 'buffer');
  return { high: digest.readUInt32BE(0), low: digest.readUInt32BE(4) };
}

/** How far a partition has got at some place. */
export interface Progress {
  /** Offset of the next event. */
  readonly next: number;
  /** Bytes of all events before it. */
  readonly bytes: number;
  /** Highest timestamp of an event before it, Unix milliseconds; -1 if there is none. */
  readonly highest: number;
  /** When the newest of them was stored, Unix milliseconds; never falls. */
  readonly storedAt: number;
}

/** Where a partition begins. */
export const beginning: Progress = { next: 0, bytes: 0, highest: -1, storedAt: 0 };

export interface PackedEvent {
  readonly timestamp: number;
  readonly key: KeyHash;
  /** Canonical encoding. */
  readonly bytes: Uint8Array;
}

/**
 * Encodes a message.
 *
 * @param before How far the partition had got.
 * @param storedAt Unix milliseconds, not below `before.storedAt`.
 * @returns The message, and how far the partition has got with it.
 */
export function encodePacked(
  events: readonly PackedEvent[],
  before: Progress,
  storedAt: number
): { message: Uint8Array; after: Progress } {
  let bytes = 0;
  let highest = before.highest;
  for (const event of events) {
    bytes += event.bytes.length;
    highest = Math.max(highest, event.timestamp);
  }
  const message = Buffer.allocUnsafe(headBytes + events.length * entryBytes + bytes);
  message.writeUInt8(version, 0);
  message.writeUInt32BE(events.length, 1);
  message.writeDoubleBE(before.next, 5);
  message.writeDoubleBE(before.bytes, 13);
  message.writeDoubleBE(highest, 21);
  message.writeDoubleBE(storedAt, 29);
  let entry = headBytes;
  let place = headBytes + events.length * entryBytes;
  for (const event of events) {
    message.writeUInt32BE(event.bytes.length, entry);
    message.writeDoubleBE(event.timestamp, entry + 4);
    message.writeUInt32BE(event.key.high, entry + 12);
    message.writeUInt32BE(event.key.low, entry + 16);
    message.set(event.bytes, place);
    entry += entryBytes;
    place += event.bytes.length;
  }
  return {
    message,
    after: { next: before.next + events.length, bytes: before.bytes + bytes, highest, storedAt }
  };
}

/** A message as it was read. */
export class PackedEvents {
  /** Sequence of JetStream. */
  readonly seq: number;
  readonly count: number;
  /** Offset of the first event. */
  readonly first: number;
  /** How far the partition has got with this message. */
  readonly after: Progress;
  private readonly data: Buffer;

  /** @throws {@link JetStreamDamagedError} if no broker wrote this. */
  constructor(stream: string, seq: number, bytes: Uint8Array) {
    const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const known = data.length > headBytes && data.readUInt8(0) === version;
    const count = known ? data.readUInt32BE(1) : 0;
    const eventBytes = data.length - headBytes - count * entryBytes;
    if (count === 0 || eventBytes < 0)
      throw new JetStreamDamagedError(stream, `holds a message of others, ${String(seq)}`);
    this.seq = seq;
    this.data = data;
    this.count = count;
    this.first = data.readDoubleBE(5);
    this.after = {
      next: this.first + count,
      bytes: data.readDoubleBE(13) + eventBytes,
      highest: data.readDoubleBE(21),
      storedAt: data.readDoubleBE(29)
    };
  }

  timestamp(index: number): number {
    return this.data.readDoubleBE(headBytes + index * entryBytes + 4);
  }

  key(index: number): KeyHash {
    const at = headBytes + index * entryBytes + 12;
    return { high: this.data.readUInt32BE(at), low: this.data.readUInt32BE(at + 4) };
  }

  length(index: number): number {
    return this.data.readUInt32BE(headBytes + index * entryBytes);
  }

  /** Canonical encoding of one event. */
  event(index: number): Uint8Array {
    let at = headBytes + this.count * entryBytes;
    for (let before = 0; before < index; before += 1) at += this.length(before);
    return this.data.subarray(at, at + this.length(index));
  }

  /** Canonical encodings of all events in order. */
  *events(): Generator<Uint8Array> {
    let at = headBytes + this.count * entryBytes;
    for (let index = 0; index < this.count; index += 1) {
      const end = at + this.length(index);
      yield this.data.subarray(at, end);
      at = end;
    }
  }
}
