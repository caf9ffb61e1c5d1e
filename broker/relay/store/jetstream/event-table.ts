import type { KeyHash } from './packed-events.ts';

/** Where an event lies. */
export interface EventPlace {
  /** Sequence of its message in JetStream. */
  readonly seq: number;
  /** Its index within the message. */
  readonly index: number;
}

const smallest = 16;
/** Bytes of one place in the table. */
const placeBytes = 4 + 4 + 8 + 4;

/**
 * The events of one slot of a partition, by the hash of their key: open addressing in typed arrays, since a million of
 * them must fit into some tens of megabytes. Several events may share a hash.
 */
export class EventTable {
  private capacity = smallest;
  private count = 0;
  private high = new Uint32Array(smallest);
  private low = new Uint32Array(smallest);
  /** 0 where nothing is: sequences of JetStream begin at 1. */
  private seq = new Float64Array(smallest);
  private index = new Uint32Array(smallest);

  /** Bytes of memory that the table takes. */
  get bytes(): number {
    return this.capacity * placeBytes + 200;
  }

  add(key: KeyHash, place: EventPlace): void {
    if ((this.count + 1) * 3 > this.capacity * 2) this.grow();
    let at = key.low & (this.capacity - 1);
    while (this.seq[at] !== 0) at = (at + 1) & (this.capacity - 1);
    this.high[at] = key.high;
    this.low[at] = key.low;
    this.seq[at] = place.seq;
    this.index[at] = place.index;
    this.count += 1;
  }

  /** Events with this hash. */
  *find(key: KeyHash): Generator<EventPlace> {
    for (let at = key.low & (this.capacity - 1); ; at = (at + 1) & (this.capacity - 1)) {
      const seq = this.seq[at];
      if (seq === undefined || seq === 0) return;
      if (this.low[at] === key.low && this.high[at] === key.high) yield { seq, index: this.index[at] ?? 0 };
    }
  }

  private grow(): void {
    const before = { capacity: this.capacity, high: this.high, low: this.low, seq: this.seq, index: this.index };
    this.capacity *= 2;
    this.high = new Uint32Array(this.capacity);
    this.low = new Uint32Array(this.capacity);
    this.seq = new Float64Array(this.capacity);
    this.index = new Uint32Array(this.capacity);
    this.count = 0;
    for (let at = 0; at < before.capacity; at += 1) {
      const seq = before.seq[at] ?? 0;
      if (seq === 0) continue;
      this.add({ high: before.high[at] ?? 0, low: before.low[at] ?? 0 }, { seq, index: before.index[at] ?? 0 });
    }
  }
}
