import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { productQuerySchema } from '#sdk/protocol/discovery';
import { createDatabase } from '../../test/database.ts';
import { until } from '../../test/indexer-tables.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { attestation } from '../schema.ts';
import { fillMarket, marketNow, marketSchemas } from './judged/market.ts';
import { createPostgresEngine } from './postgres/engine.ts';
import { refreshSearchRows } from './postgres/rows.ts';
import { keepSearch } from './upkeep.ts';

let database: { url: string; drop(): Promise<void> };
let open: OpenDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'));
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
});

afterAll(async () => {
  await open.close();
  await database.drop();
});

it('finds nobody as verified any more by an attestation that has expired', async () => {
  const sellers = [`0x${'1'.padStart(40, '0')}` as const];
  const verifiedAt = async (now: number) => {
    const engine = createPostgresEngine();
    const view = { database: open.database, now: () => now, schemas: () => marketSchemas, engine };
    return (await engine.search(view, productQuerySchema.parse({ verified: 'true' }))).hits.length;
  };
  await open.database
    .update(attestation)
    .set({ expirationTime: String(marketNow + 10) })
    .where(eq(attestation.expirationTime, '0'));
  const rowsAt = (now: number) => () => ({ schemas: marketSchemas, now });
  await open.database.transaction((transaction) => refreshSearchRows(transaction, { sellers }, rowsAt(marketNow)()));
  expect(await verifiedAt(marketNow)).toBeGreaterThan(5);

  const early = keepSearch(open.database, pino({ level: 'silent' }), rowsAt(marketNow + 9));
  await early.stop();
  expect(await verifiedAt(marketNow + 9)).toBeGreaterThan(5);

  const kept = keepSearch(open.database, pino({ level: 'silent' }), rowsAt(marketNow + 10));
  await until(async () => (await verifiedAt(marketNow + 10)) === 0);
  await kept.stop();
});
