import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { inject } from 'vitest';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase } from '../../database.ts';
import { fillMarket, marketNow, marketSchemas } from '../judged/market.ts';
import { keepProductsInMemory } from '../memory/product-memory.ts';
import { searchEngineConforms } from '../search-engine.conformance.ts';
import { createPostgresEngine } from './engine.ts';

async function openMarket() {
  const database = await createDatabase(inject('databaseUrl'));
  const open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  return {
    view: { database: open.database, now: () => marketNow, schemas: () => marketSchemas },
    close: async () => {
      await open.close();
      await database.drop();
    }
  };
}

searchEngineConforms(
  'Postgres by rows',
  async () => {
    const { view, close } = await openMarket();
    const engine = createPostgresEngine();
    return { engine, view: { ...view, engine }, close };
  },
  0.92
);

searchEngineConforms(
  'Postgres in memory',
  async () => {
    const { view, close } = await openMarket();
    const memory = keepProductsInMemory(view.database, pino({ level: 'silent' }), 1_000);
    while ((await memory.current()) === null) await sleep(20);
    const engine = createPostgresEngine(memory);
    return {
      ...{ engine, view: { ...view, engine } },
      close: async () => {
        await memory.close();
        await close();
      }
    };
  },
  0.92
);
