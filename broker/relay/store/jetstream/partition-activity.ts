import type { PartitionReader } from './partition-reader.ts';

const minutes = 60;
const minute = 60_000;

export interface PartitionActivity {
  readonly events: number;
  /** Unix milliseconds. */
  readonly lastEventAt: number | null;
  /** Events stored in each of the last 60 minutes, oldest first. */
  readonly perMinute: readonly number[];
}

/**
 * Counters of partitions, from the offsets at which they stood when each minute began. Those of past minutes are
 * remembered while somebody asks.
 */
export class ActivityCounter {
  private readonly known = new WeakMap<PartitionReader, Map<number, number>>();

  /** @param now Unix milliseconds. */
  async read(reader: PartitionReader, now: number): Promise<PartitionActivity> {
    const tail = await reader.tail();
    const perMinute = new Array<number>(minutes).fill(0);
    if (tail === null) return { events: 0, lastEventAt: null, perMinute };
    const running = Math.floor(now / minute);
    const oldest = running - minutes + 1;
    const known = this.known.get(reader) ?? new Map<number, number>();
    this.known.set(reader, known);
    for (const begin of known.keys()) if (begin < oldest) known.delete(begin);
    let to = tail.after.next;
    // Backwards, and no further than there is anything.
    for (let begin = running; begin >= oldest; begin -= 1) {
      if (tail.after.storedAt < begin * minute) continue;
      const offset = known.get(begin) ?? (await reader.search((progress) => progress.storedAt < begin * minute))?.first;
      if (offset === undefined) continue;
      // The clocks of two brokers may differ, but not by that much.
      if (begin <= running - 1) known.set(begin, offset);
      perMinute[minutes - 1 - (running - begin)] = to - offset;
      to = offset;
      if (to === 0) break;
    }
    return { events: tail.after.next, lastEventAt: tail.after.storedAt, perMinute };
  }
}
