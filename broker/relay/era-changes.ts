import type { Logger } from 'pino';
import type { EraChange } from '#sdk/protocol/era-change';
import type { Address } from '#sdk/protocol/primitives';
import { reasonOf } from '../chain/client.ts';
import type { SealedLog } from './store/sealed-log.ts';

export type EraChangeReader = (change: EraChange) => void;

/** Keeps era changes and passes them on to the subscriptions of their stream. */
export class EraChangeDesk {
  private readonly log: SealedLog;
  private readonly logger: Logger;
  private readonly readers = new Map<Address, Set<EraChangeReader>>();

  constructor(log: SealedLog, logger: Logger) {
    this.log = log;
    this.logger = logger;
  }

  /** Stores an era change. One that is there already is no news. */
  async deliver(change: EraChange): Promise<void> {
    await this.log.appendEraChange(change);
  }

  /** Hands a stored era change to who waits. */
  pass(change: EraChange): void {
    for (const reader of this.readers.get(change.stream) ?? []) reader(change);
  }

  /** Hands over all era changes of streams that somebody waits for: as GrantDesk.look. */
  look(): void {
    for (const stream of this.readers.keys()) {
      this.find(stream).then(
        (changes) => {
          for (const change of changes) this.pass(change);
        },
        (error: unknown) => this.logger.warn({ reason: reasonOf(error) }, 'era changes could not be looked at')
      );
    }
  }

  /** Era changes of a stream, oldest first. */
  find(stream: Address): Promise<EraChange[]> {
    return this.log.eraChanges(stream);
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
