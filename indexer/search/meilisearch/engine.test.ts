import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { expect, inject, it } from 'vitest';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase } from '../../database.ts';
import { fillMarket, marketNow, marketSchemas } from '../judged/market.ts';
import { createPostgresEngine } from '../postgres/engine.ts';
import { searchEngineConforms, type OpenEngine } from '../search-engine.conformance.ts';
import { createMeilisearchClient } from './client.ts';
import { createMeilisearchEngine } from './engine.ts';
import { createMeilisearchFeed, indexesOf } from './feed.ts';
import { startModelServer } from './model-server.ts';
import { createSettingsReader } from './settings.ts';
import { watchMeilisearch } from './watch.ts';

/**
 * The suite of all engines, on a real Meilisearch where MEILI_URL (and MEILI_KEY) is set. Without it, what does not hang
 * on ranking is checked with a model of its API: see model-server.ts for what that is worth.
 */

/** The judged market in the index of a server, and an engine that never lets the rows answer instead. */
async function openMarket(url: string, key: string | undefined): Promise<OpenEngine> {
  const made = await createDatabase(inject('databaseUrl'));
  const open = openDatabase(made.url, () => undefined);
  const { database } = open;
  await migrateTables(open.pool);
  await fillMarket(database);
  const stopping = new AbortController();
  // nobody waits for these searches, and the machine may be busy
  const patience = { search: 25_000, request: 25_000, task: 60_000 };
  const client = createMeilisearchClient({ url, key, patience, signal: stopping.signal });
  const indexes = indexesOf(`test_${randomBytes(6).toString('hex')}`);
  const readSettings = createSettingsReader(database);
  const shared = { database, client, indexes, readSettings };
  const feed = createMeilisearchFeed({ ...shared, onRebuild: () => undefined });
  while (await feed.step());
  const watch = watchMeilisearch({
    ...{ ...shared, logger: pino({ level: 'silent' }) },
    pace: { look: 200, firstRetry: 200, longestRetry: 200, lagMost: 600_000 }
  });
  while (!watch.isReady()) await sleep(20);
  const engine = createMeilisearchEngine({
    ...{ client, rows: createPostgresEngine(), index: indexes.products },
    watch: {
      ...watch,
      failed: (error) => {
        throw error;
      },
      refused: (error) => {
        throw error;
      }
    },
    // were the rows to answer in its place, nothing would be known of it
    onAnswer: (_, insteadOf) => {
      expect(insteadOf).toBeNull();
    }
  });
  return {
    ...{ engine, view: { database, engine, now: () => marketNow, schemas: () => marketSchemas } },
    close: async () => {
      await watch.stop();
      for (const index of Object.values(indexes)) await client.dropIndex(index as string);
      stopping.abort();
      await open.close();
      await made.drop();
    }
  };
}

const { MEILI_URL: url, MEILI_KEY: key } = process.env;
if (url === undefined || url === '') {
  it.skip('a real Meilisearch: set MEILI_URL and MEILI_KEY to run the suite on one', () => undefined);
  console.log('Meilisearch itself is NOT tested: MEILI_URL is not set. A model of its API stands in for it.');
} else {
  searchEngineConforms('Meilisearch', () => openMarket(url, key), 0.92);
}

searchEngineConforms(
  "a model of Meilisearch's API",
  async () => {
    const server = await startModelServer('a key');
    const { close, ...opened } = await openMarket(server.url, 'a key');
    return {
      ...opened,
      close: async () => {
        await close();
        await server.close();
      }
    };
  },
  null
);
