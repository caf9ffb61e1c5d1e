import type { EraChange } from '#sdk/protocol/era-change';
import type { Address } from '#sdk/protocol/primitives';
import type { EraChangeLog } from './store/era-change-log.ts';

export type EraChangeReader = (change: EraChange) => void;

/** Keeps era changes and passes them on to the subscriptions of their stream. */
export class EraChangeDesk {
  private readonly log: EraChangeLog;
  private readonly readers = new Map<Address, Set<EraChangeReader>>();

  constructor(log: EraChangeLog) {
    this.log = log;
  }

  /** Stores an era change and hands it to who waits. One that is there already is no news. */
  async deliver(change: EraChange): Promise<void> {
    if (!(await this.log.append(change))) return;
    for (const reader of this.readers.get(change.stream) ?? []) reader(change);
  }

  /** Era changes of a stream, oldest first. */
  find(stream: Address): Promise<EraChange[]> {
    return this.log.find(stream);
  }

  /** @returns Ends it. */
  subscribe(stream: Address, reader: EraChangeReader): () => void {
    const readers = this.readers.get(stream) ?? new Set();
    this.readers.set(stream, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0 && this.readers.get(stream) === readers) this.readers.delete(stream);
    };
  }
}
