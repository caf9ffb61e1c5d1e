import { encodeEventFrame, frameLimits } from '#sdk/protocol/frame';
import type { LogRecord } from './store/event-store.ts';

/** Somebody who reads one partition live. */
export interface LiveReader {
  /** First offset that the reader has not got. */
  next: number;
  /** Hands over an encoded event frame. */
  deliver(frame: Uint8Array, events: number): void;
}

/** Room for the kind, the count, and per event offset and length. */
const frameBytes = frameLimits.bytes - 64;
const perEvent = 12;

/**
 * One partition's live readers: collects what was stored for a moment and sends it on in frames, each encoded once for
 * all of them.
 */
export class PartitionFanOut {
  /** Offset after the newest stored event that this broker knows. */
  head: number;
  private readonly readers = new Set<LiveReader>();
  private readonly delay: number;
  private readonly most: number;
  private pending: LogRecord[] = [];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param head Offset of the next event.
   * @param delay Milliseconds for which events are collected.
   * @param most Events that are sent on at once.
   */
  constructor(head: number, delay: number, most: number) {
    this.head = head;
    this.delay = delay;
    this.most = most;
  }

  get size(): number {
    return this.readers.size;
  }

  /** Everything from `reader.next` on must be delivered: `reader.next` may not be below the head. */
  add(reader: LiveReader): void {
    this.readers.add(reader);
  }

  remove(reader: LiveReader): void {
    this.readers.delete(reader);
  }

  /** Takes what was stored: consecutive records, the first of them at the head. */
  push(records: readonly LogRecord[]): void {
    const last = records.at(-1);
    if (last === undefined) return;
    this.head = last.offset + 1;
    if (this.readers.size === 0) return;
    for (const record of records) this.pending.push(record);
    if (this.pending.length >= this.most) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), this.delay);
  }

  /** Sends on what was collected. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const records = this.pending;
    this.pending = [];
    for (const part of cutIntoFrames(records, this.most)) {
      const first = part[0];
      const last = part.at(-1);
      if (first === undefined || last === undefined) continue;
      let frame: Uint8Array | undefined;
      for (const reader of this.readers) {
        if (reader.next > last.offset) continue;
        const before = reader.next;
        reader.next = last.offset + 1;
        if (before <= first.offset) {
          frame ??= encodeEventFrame(part);
          reader.deliver(frame, part.length);
        } else {
          // It came from history and has got the beginning of this frame already.
          const rest = part.filter((record) => record.offset >= before);
          reader.deliver(encodeEventFrame(rest), rest.length);
        }
      }
    }
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}

/** Cuts records into parts that fit into a frame each. */
export function* cutIntoFrames(records: readonly LogRecord[], most: number): Generator<readonly LogRecord[]> {
  let part: LogRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.bytes.length + perEvent;
    if (part.length > 0 && (part.length >= most || bytes + size > frameBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(record);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
