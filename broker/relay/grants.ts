import type { Logger } from 'pino';
import type { Grant } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import { reasonOf } from '../chain/client.ts';
import type { SealedLog } from './store/sealed-log.ts';

export type GrantReader = (grant: Grant) => void;

/** Keeps sealed grants and passes them on to whoever waits for them. */
export class GrantDesk {
  private readonly log: SealedLog;
  private readonly logger: Logger;
  private readonly readers = new Map<string, Set<GrantReader>>();

  constructor(log: SealedLog, logger: Logger) {
    this.log = log;
    this.logger = logger;
  }

  /** Stores a grant. One that is there already is no news. */
  async deliver(grant: Grant): Promise<void> {
    await this.log.appendGrant(grant);
  }

  /** Hands a stored grant to the subscriptions of its licensee. */
  pass(grant: Grant): void {
    for (const reader of this.readers.get(keyOf(grant.stream, grant.licensee)) ?? []) reader(grant);
  }

  /** Hands over all grants of whoever waits: some may have been stored without word of it, and a double is harmless. */
  look(): void {
    for (const key of this.readers.keys()) {
      const [stream, licensee] = key.split(' ') as [Address, Address];
      this.find(stream, licensee).then(
        (grants) => {
          for (const grant of grants) this.pass(grant);
        },
        (error: unknown) => this.logger.warn({ reason: reasonOf(error) }, 'grants could not be looked at')
      );
    }
  }

  /** Grants of a licensee on a stream, oldest first. */
  find(stream: Address, licensee: Address): Promise<Grant[]> {
    return this.log.grants(stream, licensee);
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
