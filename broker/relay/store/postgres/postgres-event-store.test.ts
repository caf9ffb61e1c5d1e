import { pino } from 'pino';
import { inject } from 'vitest';
import { createDatabase } from '../../../../test/database.ts';
import { openPool } from '../../../database/pool.ts';
import { describeEventStore } from '../conformance.ts';
import { PostgresEventStore } from './postgres-event-store.ts';

const logger = pino({ level: 'silent' });

describeEventStore('the store in Postgres', async () => {
  const database = await createDatabase(inject('databaseUrl'));
  const pool = openPool(database.url, logger);
  return {
    open: async (options) => {
      const store = new PostgresEventStore({ pool, genesisHash: `0x${'ab'.repeat(32)}`, logger, ...options });
      await store.prepare();
      return store;
    },
    close: async () => {
      await pool.end();
      await database.drop();
    }
  };
});
