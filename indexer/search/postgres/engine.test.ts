import { inject } from 'vitest';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase } from '../../database.ts';
import { fillMarket, marketNow, marketSchemas } from '../judged/market.ts';
import { searchEngineConforms } from '../search-engine.conformance.ts';
import { createPostgresEngine } from './engine.ts';

searchEngineConforms(
  'Postgres',
  async () => {
    const database = await createDatabase(inject('databaseUrl'));
    const open = openDatabase(database.url, () => undefined);
    await migrateTables(open.pool);
    await fillMarket(open.database);
    const engine = createPostgresEngine();
    return {
      engine,
      view: { database: open.database, engine, now: () => marketNow, schemas: () => marketSchemas },
      close: async () => {
        await open.close();
        await database.drop();
      }
    };
  },
  0.9
);
