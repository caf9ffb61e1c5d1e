import { beginning, type PackedEvents, type Progress } from './packed-events.ts';

/** Landmarks of one partition. */
const most = 128;

/** A place in a partition's log: how far the partition had got before the message with a sequence of JetStream. */
export interface Landmark {
  readonly seq: number;
  readonly before: Progress;
}

/** Places of a partition's log that were seen, which bound the next search in it. Their number is bounded. */
export class Landmarks {
  private places: Landmark[] = [{ seq: 1, before: beginning }];

  /** Remembers what lies after a message. */
  add(message: PackedEvents): void {
    const landmark = { seq: message.seq + 1, before: message.after };
    const index = this.after((place) => place.seq < landmark.seq);
    if (this.places[index]?.seq === landmark.seq) return;
    this.places.splice(index, 0, landmark);
    // Every other one goes; the first stays, and so does the newest, near which most is read.
    if (this.places.length > most) {
      const last = this.places.length - 1;
      this.places = this.places.filter((_, place) => place % 2 === 0 || place === last);
    }
  }

  /**
   * Bounds of a search for the first message that has got somewhere.
   *
   * @param isShort Whether the partition, with this progress, has not got there: true up to some place, then false.
   * @returns The last landmark that has not got there, null if none; and the first that has, null if none.
   */
  around(isShort: (progress: Progress) => boolean): { low: Landmark | null; high: Landmark | null } {
    const index = this.after((place) => isShort(place.before));
    return { low: this.places[index - 1] ?? null, high: this.places[index] ?? null };
  }

  /** Index of the first landmark for which this is false. */
  private after(isBefore: (landmark: Landmark) => boolean): number {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const place = this.places[middle];
      if (place !== undefined && isBefore(place)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
