import { and, gte, lte, ne } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { attestation } from '../schema.ts';
import { fillSearchRows, refreshSearchRows, type SearchRowOptions } from './postgres/rows.ts';
import { countWords } from './postgres/vocabulary.ts';

/** Milliseconds between two rounds, and rounds between two counts of words. */
const interval = 60_000;
const roundsPerCount = 10;

export interface SearchUpkeep {
  stop(): Promise<void>;
}

/** Keeps the rows of search right where only time passes: attestations that expire, and how many products have a word. */
export function keepSearch(database: Database, logger: Logger, rowOptions: () => SearchRowOptions): SearchUpkeep {
  const stopping = new AbortController();
  let expiredUntil = 0;

  async function round(number: number): Promise<void> {
    const filled = await fillSearchRows(database, rowOptions);
    if (filled > 0) logger.info({ products: filled }, 'made the rows of search');
    const { now } = rowOptions();
    const expired = await database
      .select({ recipient: attestation.recipient })
      .from(attestation)
      .where(
        and(
          ne(attestation.expirationTime, '0'),
          gte(attestation.expirationTime, String(expiredUntil)),
          lte(attestation.expirationTime, String(now))
        )
      );
    const sellers = [...new Set(expired.map(({ recipient }) => recipient))];
    await database.transaction((transaction) => refreshSearchRows(transaction, { sellers }, rowOptions()));
    expiredUntil = now;
    if (number % roundsPerCount === 0) await countWords(database);
  }

  async function run(): Promise<void> {
    for (let number = 0; !stopping.signal.aborted; number += 1) {
      try {
        await round(number);
      } catch (error) {
        logger.warn({ error }, 'search could not be kept up');
      }
      await sleep(interval, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    }
  };
}
