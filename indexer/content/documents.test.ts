import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { until } from '../../test/indexer-tables.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { document } from '../schema.ts';
import { ContentStoreUnavailableError, type ContentStore } from './content-store.ts';
import { fetchDocuments } from './documents.ts';

const hashes = Array.from({ length: 9 }, (_, number): Hex => `0x${String(number).padStart(64, '0')}`);
let drop: () => Promise<void>;
let open: OpenDatabase;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
});
afterAll(async () => {
  await open.close();
  await drop();
});

it.each([
  ['a document that fails', () => new TypeError('nothing that anybody expected'), 1],
  ['a store that is away', () => new ContentStoreUnavailableError('Try again later.'), 0]
])('lets no document wait for ever for %s', async (_, failure, attempts) => {
  await open.database.delete(document);
  // as many as are fetched at once come before the one that is there to be missed
  await open.database
    .insert(document)
    .values(hashes.map((hash, place) => ({ hash, state: 'pending' as const, attempts: 0, nextAttempt: place })));
  let asked = 0;
  const contents: ContentStore = {
    put: () => Promise.reject(new TypeError('nothing is stored here')),
    get: () => {
      asked += 1;
      return asked <= 8 ? Promise.reject(failure()) : Promise.resolve(null);
    }
  };
  const fetcher = fetchDocuments(open.database, contents, pino({ level: 'silent' }), () => ({ schemas: null, now: 1 }));
  try {
    const rows = () => open.database.select().from(document).orderBy(document.hash);
    await until(async () => (await rows()).every(({ nextAttempt }) => (nextAttempt ?? 0) > 1_000));
    expect((await rows()).slice(0, 8).map((row) => [row.state, row.attempts])).toEqual(
      hashes.slice(0, 8).map(() => ['pending', attempts])
    );
  } finally {
    await fetcher.stop();
  }
});
