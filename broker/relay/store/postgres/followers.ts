import type { LogRecord, PartitionListener, PartitionPlace } from '../event-store.ts';

/** Milliseconds after which a partition whose commit is uncertain is looked at again. */
const uncertainFor = 500;

/** Who follows which partition. */
export class Followers {
  private readonly listeners = new Map<string, Set<PartitionListener>>();
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @returns Ends it. */
  add(place: PartitionPlace, listener: PartitionListener): () => void {
    const key = keyOf(place);
    const listeners = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.listeners.get(key) === listeners) this.listeners.delete(key);
    };
  }

  stored(place: PartitionPlace, records: readonly LogRecord[]): void {
    for (const listener of this.listeners.get(keyOf(place)) ?? []) listener.stored(records);
  }

  /** A commit was not confirmed and may happen yet. */
  uncertain(places: readonly PartitionPlace[]): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      for (const place of places) this.grown(place);
    }, uncertainFor);
    this.timers.add(timer);
  }

  grown(place: PartitionPlace): void {
    for (const listener of this.listeners.get(keyOf(place)) ?? []) listener.grown();
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.listeners.clear();
  }
}

const keyOf = (place: PartitionPlace): string => `${place.stream} ${String(place.partition)}`;
