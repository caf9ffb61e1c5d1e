import { pino } from 'pino';
import { inject } from 'vitest';
import { createDatabase } from '../../../../test/database.ts';
import { openPool } from '../../../database/pool.ts';
import { describeEventStore, describeSealedLog } from '../conformance.ts';
import { PostgresEventStore } from './postgres-event-store.ts';
import { PostgresSealedLog } from './postgres-sealed-log.ts';

const logger = pino({ level: 'silent' });
const genesisHash = `0x${'ab'.repeat(32)}` as const;

async function openDatabase() {
  const database = await createDatabase(inject('databaseUrl'));
  const pool = openPool(database.url, logger);
  const close = async (): Promise<void> => {
    await pool.end();
    await database.drop();
  };
  return { pool, close };
}

describeEventStore('the store in Postgres', async () => {
  const { pool, close } = await openDatabase();
  return {
    open: async (options) => {
      const store = new PostgresEventStore({ pool, genesisHash, logger, ...options });
      await store.prepare();
      return store;
    },
    close
  };
});

describeSealedLog('the log of grants and era changes in Postgres', async () => {
  const { pool, close } = await openDatabase();
  return {
    open: async () => {
      const log = new PostgresSealedLog(pool, genesisHash, logger);
      await log.prepare();
      return log;
    },
    close
  };
});
