import { BinaryReader, BinaryWriter } from './binary.ts';
import { decodeEvent } from './event-encoding.ts';
import type { StoredEvent } from './event.ts';
import { TributaryError } from './problem.ts';

/**
 * Binary frames of the broker's WebSocket. First byte: the kind.
 * Publish (1): id (4 bytes), count (2 bytes), then per event its length (4 bytes) and bytes.
 * Events (2): count (2 bytes), then per event its offset (8 bytes), length (4 bytes) and bytes.
 */
export const frameKinds = { publish: 1, events: 2 } as const;

/** Bounds of one frame. */
export const frameLimits = {
  /** Events in a frame. */
  events: 4096,
  /** Bytes of a frame. */
  bytes: 4 * 1024 * 1024
} as const;

/** The bytes are no frame of the expected kind, or one that exceeds {@link frameLimits}. */
export class FrameMalformedError extends TributaryError {
  readonly code = 'frame-malformed';
  readonly title = 'The frame is malformed';
}

const refuse = (reason: string): never => {
  throw new FrameMalformedError(`Correct the frame: ${reason}.`);
};

/**
 * A frame that publishes events.
 *
 * @param id - Chosen by the sender; the answer carries it. 0 to 2^32 - 1.
 * @param events - Encoded events, 1 to 4,096.
 * @throws {@link FrameMalformedError} where the limits are exceeded.
 */
export function encodePublishFrame(id: number, events: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  checkCount(events.length);
  const size = events.reduce((sum, event) => sum + 4 + event.length, 7);
  checkSize(size);
  const writer = new BinaryWriter(refuse, size)
    .integer(frameKinds.publish, 1, 'kind')
    .integer(id, 4, 'id')
    .integer(events.length, 2, 'count');
  for (const event of events) writer.variable(event, 4, frameLimits.bytes, 'event');
  return writer.finish();
}

/**
 * Reads a publish frame.
 *
 * @returns The id, and the encoded events as views of the frame, not copies and not yet checked.
 * @throws {@link FrameMalformedError}
 */
export function decodePublishFrame(bytes: Uint8Array): { id: number; events: Uint8Array[] } {
  const reader = openFrame(bytes, frameKinds.publish);
  const id = reader.integer(4, 'id');
  const count = reader.integer(2, 'count');
  checkCount(count);
  const events: Uint8Array[] = [];
  for (let number = 0; number < count; number += 1) events.push(reader.variable(4, frameLimits.bytes, 'event'));
  reader.end();
  return { id, events };
}

/**
 * A frame that delivers stored events.
 *
 * @param records - Encoded events with their offsets, 1 to 4,096.
 * @throws {@link FrameMalformedError} where the limits are exceeded.
 */
export function encodeEventFrame(
  records: readonly { readonly offset: number; readonly bytes: Uint8Array }[]
): Uint8Array<ArrayBuffer> {
  checkCount(records.length);
  const size = records.reduce((sum, record) => sum + 12 + record.bytes.length, 3);
  checkSize(size);
  const writer = new BinaryWriter(refuse, size)
    .integer(frameKinds.events, 1, 'kind')
    .integer(records.length, 2, 'count');
  for (const record of records) {
    writer.integer(record.offset, 8, 'offset').variable(record.bytes, 4, frameLimits.bytes, 'event');
  }
  return writer.finish();
}

/**
 * Reads an event frame.
 *
 * @returns The events with their offsets, in the order of the frame; their signatures are not checked.
 * @throws {@link FrameMalformedError}; EventMalformedError where one of the events is malformed.
 */
export function decodeEventFrame(bytes: Uint8Array): StoredEvent[] {
  const reader = openFrame(bytes, frameKinds.events);
  const count = reader.integer(2, 'count');
  checkCount(count);
  const records: StoredEvent[] = [];
  for (let number = 0; number < count; number += 1) {
    const offset = reader.integer(8, 'offset');
    records.push({ offset, event: decodeEvent(reader.variable(4, frameLimits.bytes, 'event')) });
  }
  reader.end();
  return records;
}

function openFrame(bytes: Uint8Array, kind: number): BinaryReader {
  checkSize(bytes.length);
  const reader = new BinaryReader(bytes, refuse);
  const found = reader.integer(1, 'kind');
  if (found !== kind) refuse(`its kind is ${String(found)}, expected ${String(kind)}`);
  return reader;
}

function checkCount(count: number): void {
  if (count < 1 || count > frameLimits.events) refuse(`a frame holds 1 to ${String(frameLimits.events)} events`);
}

function checkSize(size: number): void {
  if (size > frameLimits.bytes) refuse(`a frame has at most ${String(frameLimits.bytes)} bytes`);
}
