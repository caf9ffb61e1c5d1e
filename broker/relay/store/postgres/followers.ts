import type { LogRecord, PartitionListener, PartitionPlace } from '../event-store.ts';

/** Milliseconds after which a partition whose commit is uncertain is looked at again. */
const uncertainFor = 500;

interface Followed {
  readonly place: PartitionPlace;
  readonly listeners: Set<PartitionListener>;
  /** Offset after the newest event that was told or asked to be read. */
  next: number;
}

/** Who follows which partition. */
export class Followers {
  private readonly followed = new Map<string, Followed>();
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @returns Ends it. */
  add({ stream, partition }: PartitionPlace, listener: PartitionListener): () => void {
    const key = keyOf(stream, partition);
    const followed = this.followed.get(key) ?? { place: { stream, partition }, listeners: new Set(), next: 0 };
    this.followed.set(key, followed);
    followed.listeners.add(listener);
    return () => {
      followed.listeners.delete(listener);
      if (followed.listeners.size === 0 && this.followed.get(key) === followed) this.followed.delete(key);
    };
  }

  /** The partitions that somebody follows. */
  places(): PartitionPlace[] {
    return [...this.followed.values()].map(({ place }) => place);
  }

  /**
   * This broker stored consecutive records, at least one.
   *
   * @param next Offset after the last of them.
   * @param read Asked for them where somebody follows.
   */
  stored(place: PartitionPlace, next: number, read: () => readonly LogRecord[]): void {
    const followed = this.followed.get(keyOf(place.stream, place.partition));
    if (followed === undefined) return;
    followed.next = Math.max(followed.next, next);
    const records = read();
    for (const listener of followed.listeners) listener.stored(records);
  }

  /** The partition reaches as far as this now; whoever stored it. */
  reaches(place: PartitionPlace, next: number): void {
    const followed = this.followed.get(keyOf(place.stream, place.partition));
    if (followed === undefined || followed.next >= next) return;
    followed.next = next;
    for (const listener of followed.listeners) listener.grown();
  }

  /** A commit was not confirmed and may happen yet. */
  uncertain(places: readonly PartitionPlace[]): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      for (const key of new Set(places.map((place) => keyOf(place.stream, place.partition)))) {
        for (const listener of this.followed.get(key)?.listeners ?? []) listener.grown();
      }
    }, uncertainFor);
    this.timers.add(timer);
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.followed.clear();
  }
}

const keyOf = (stream: string, partition: number): string => `${stream} ${String(partition)}`;
