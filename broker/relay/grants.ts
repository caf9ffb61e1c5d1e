import type { Grant } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import type { GrantLog } from './store/grant-log.ts';

export type GrantReader = (grant: Grant) => void;

/** Keeps sealed grants and passes them on to whoever waits for them. */
export class GrantDesk {
  private readonly log: GrantLog;
  private readonly readers = new Map<string, Set<GrantReader>>();

  constructor(log: GrantLog) {
    this.log = log;
  }

  /** Stores a grant and hands it to the subscriptions of its licensee. A grant that is there already is no news. */
  async deliver(grant: Grant): Promise<void> {
    if (!(await this.log.append(grant))) return;
    for (const reader of this.readers.get(keyOf(grant.stream, grant.licensee)) ?? []) reader(grant);
  }

  /** Grants of a licensee on a stream, oldest first. */
  find(stream: Address, licensee: Address): Promise<Grant[]> {
    return this.log.find(stream, licensee);
  }

  /** @returns Ends it. */
  subscribe(stream: Address, licensee: Address, reader: GrantReader): () => void {
    const key = keyOf(stream, licensee);
    const readers = this.readers.get(key) ?? new Set();
    this.readers.set(key, readers.add(reader));
    return () => {
      readers.delete(reader);
      if (readers.size === 0 && this.readers.get(key) === readers) this.readers.delete(key);
    };
  }
}

const keyOf = (stream: Address, licensee: Address): string => `${stream} ${licensee}`;
