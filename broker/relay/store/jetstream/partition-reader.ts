import type { LogRecord, PartitionPlace } from '../event-store.ts';
import { JetStreamDamagedError } from './errors.ts';
import { Landmarks } from './landmarks.ts';
import type { MessageReader } from './message-reader.ts';
import type { Names } from './names.ts';
import { PackedEvents, type Progress } from './packed-events.ts';

/** Bounds of one page: memory that a reader of history costs. */
const pageEvents = 4_096;
const pageBytes = 2 * 1024 * 1024;
/** Messages asked for at a time; the server ends an answer by bytes as well. */
const batchMessages = 1_024;

/** Reads the log of one partition. Nothing is held between two calls but a bounded number of landmarks. */
export class PartitionReader {
  readonly place: PartitionPlace;
  private readonly messages: MessageReader;
  private readonly names: Names;
  private readonly name: string;
  private readonly subject: string;
  private landmarks = new Landmarks();

  constructor(place: PartitionPlace, messages: MessageReader, names: Names) {
    this.place = place;
    this.messages = messages;
    this.names = names;
    this.name = names.partition(place);
    this.subject = names.allEvents(place);
  }

  /** The newest message; null where nothing was ever stored. */
  async tail(): Promise<PackedEvents | null> {
    const message = await this.messages.last(this.name, this.subject);
    return message === null ? null : this.unpack(message);
  }

  /** The oldest message; null where nothing was ever stored. */
  async head(): Promise<PackedEvents | null> {
    const message = await this.messages.next(this.name, this.subject, 1);
    return message === null ? null : this.unpack(message);
  }

  /** Remembers a message that was just stored. */
  passed(message: PackedEvents): void {
    this.landmarks.add(message);
  }

  /** Forgets everything: the server has lost messages. */
  forget(): void {
    this.landmarks = new Landmarks();
  }

  /**
   * The first message with which the partition has got somewhere.
   *
   * @param isShort Whether it has not with this progress: true up to some place of the log, then false.
   * @returns null if the whole log has not.
   */
  async search(isShort: (progress: Progress) => boolean): Promise<PackedEvents | null> {
    const { low, high } = this.landmarks.around(isShort);
    // What lies after the last landmark that is short is at or after its message, which may be removed by now.
    let from = low?.seq ?? 1;
    let found: PackedEvents | null = null;
    // With the message before the high landmark the partition has got there.
    let until = high === null ? null : high.seq - 1;
    if (until === null) {
      const first = await this.next(from);
      if (first === null || !isShort(first.after)) return first;
      from = first.seq + 1;
      const tail = await this.tail();
      if (tail === null || isShort(tail.after)) return null;
      found = tail;
      until = tail.seq;
    }
    while (from < until) {
      const middle = Math.floor((from + until) / 2);
      const message = await this.next(middle);
      if (message === null) throw new JetStreamDamagedError(this.name, 'lost messages while it was read');
      if (isShort(message.after)) {
        from = message.seq + 1;
      } else {
        found = message;
        // Messages between the middle and this one are not there any more.
        until = middle;
      }
    }
    if (found !== null && found.seq === from) return found;
    return this.next(from);
  }

  /**
   * Messages in order, from a sequence of JetStream on.
   *
   * @param slot Only those with events of this slot.
   */
  async *from(seq: number, slot?: number, bytes = pageBytes): AsyncGenerator<PackedEvents> {
    const subject = slot === undefined ? this.subject : this.names.events(this.place, slot);
    for (let next = seq; ;) {
      const batch = await this.messages.batch(this.name, subject, next, batchMessages, bytes);
      if (batch.length === 0) return;
      for (const message of batch) {
        next = message.seq + 1;
        yield this.unpack(message);
      }
    }
  }

  /** As EventStore.page, with everything that the log holds. */
  async page(from: number, until: number): Promise<LogRecord[]> {
    if (until <= from) return [];
    const records: LogRecord[] = [];
    let bytes = 0;
    const { low } = this.landmarks.around((progress) => progress.next <= from);
    // Often the page before ended just here.
    const start = low?.before.next === from ? low.seq : (await this.search((progress) => progress.next <= from))?.seq;
    if (start === undefined) return [];
    const most = Math.min(until - from, batchMessages);
    for (const stored of await this.messages.batch(this.name, this.subject, start, most, pageBytes)) {
      const message = this.unpack(stored);
      let offset = message.first;
      for (const event of message.events()) {
        if (offset >= from && offset < until) {
          // One page at least goes on: the first event, however large.
          if (records.length > 0 && (records.length >= pageEvents || bytes + event.length > pageBytes)) return records;
          records.push({ offset, bytes: event });
          bytes += event.length;
        }
        offset += 1;
      }
      if (offset >= until) break;
    }
    return records;
  }

  /** One message that is there. */
  async at(seq: number): Promise<PackedEvents> {
    const message = await this.next(seq);
    if (message?.seq !== seq) throw new JetStreamDamagedError(this.name, `has lost message ${String(seq)}`);
    return message;
  }

  private async next(seq: number): Promise<PackedEvents | null> {
    const message = await this.messages.next(this.name, this.subject, seq);
    return message === null ? null : this.unpack(message);
  }

  private unpack(message: { readonly seq: number; readonly data: Uint8Array }): PackedEvents {
    const unpacked = new PackedEvents(this.name, message.seq, message.data);
    this.landmarks.add(unpacked);
    return unpacked;
  }
}
