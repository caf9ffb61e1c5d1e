import { eq, sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../../database.ts';
import { document, product, searchPlace, searchProduct } from '../../schema.ts';
import { fillMarket, marketNow, marketSchemas, productId } from '../judged/market.ts';
import { judgedProducts } from '../judged/products.ts';
import { createPostgresEngine } from '../postgres/engine.ts';
import { writeDocuments } from '../postgres/derived-documents.ts';
import { fillSearchRows, refreshSearchRows } from '../postgres/rows.ts';
import { keepProductsInMemory, type ProductMemory } from './product-memory.ts';

const options = { schemas: marketSchemas, now: marketNow };
let open: OpenDatabase;
let memory: ProductMemory;
let drop: () => Promise<void>;
beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  memory = keepProductsInMemory(open.database, pino({ level: 'silent' }), 1_000);
});
afterAll(async () => {
  await memory.close();
  await open.close();
  await drop();
});

/** Waits until products are in memory. */
async function ready(): Promise<void> {
  while ((await memory.current()) === null) await sleep(10);
}

async function search(query: ProductQuery, by: 'memory' | 'rows' = 'memory') {
  if (by === 'memory') expect(await memory.current()).not.toBeNull();
  const engine = by === 'memory' ? createPostgresEngine(memory) : createPostgresEngine();
  const view = { database: open.database, engine, now: () => marketNow, schemas: () => marketSchemas };
  return engine.search(view, productQuerySchema.parse({ limit: 100, ...query }));
}

const place = (key: string) => judgedProducts.findIndex((one) => one.key === key);
const beehives = productId(place('beehives'));
const refresh = (products: readonly Hex[]) =>
  open.database.transaction((transaction) => refreshSearchRows(transaction, { products }, options));
const ids = ({ hits }: { hits: readonly { id: Hex }[] }) => hits.map(({ id }) => id);

it('sees a change of numbers at the next search', async () => {
  await ready();
  await open.database.update(product).set({ purchases: 9_999 }).where(eq(product.id, beehives));
  await refresh([beehives]);
  expect(ids(await search({ sort: 'popular' }))[0]).toBe(beehives);
});

it('sees another document, and does not find the old one any more', async () => {
  const [row] = await open.database
    .select({ hash: document.hash, content: document.content })
    .from(document)
    .innerJoin(product, eq(product.documentHash, document.hash))
    .where(eq(product.id, beehives));
  if (row?.content == null) throw new TypeError('the market has no beehives');
  const hash: Hex = `0x${'ab'.repeat(32)}`;
  const content = {
    ...row.content,
    name: 'Zeppelins',
    tags: ['airship'],
    coverage: {
      regions: ['NZ'],
      places: [{ geometry: { type: 'Point' as const, coordinates: [170.5, -45.9] as [number, number] } }]
    }
  };
  await open.database.insert(document).values({ hash, state: 'pending', attempts: 0, nextAttempt: null });
  await open.database.update(product).set({ documentHash: hash }).where(eq(product.id, beehives));
  await writeDocuments(open.database, [{ hash, content }], options);
  expect(ids(await search({ q: 'zeppelins' }))).toEqual([beehives]);
  expect(ids(await search({ tag: 'airship' }))).toEqual([beehives]);
  expect(ids(await search({ near: '170.5,-45.9', within: 10 }))).toEqual([beehives]);
  expect(ids(await search({ region: 'NZ' }))).toContain(beehives);
  const rest = await search({ q: 'beehives' });
  expect(rest.total).toBe((await search({ q: 'beehives' }, 'rows')).total);
});

it('forgets a product that a reorganisation undid, and finds it when it is back', async () => {
  const rows = await open.database.select().from(product).where(eq(product.id, beehives));
  await open.database.delete(product).where(eq(product.id, beehives));
  await refresh([beehives]);
  expect(ids(await search({ q: 'zeppelins' }))).toEqual([]);
  expect((await search({})).total).toBe(judgedProducts.length - 1);
  await open.database.insert(product).values(rows);
  await refresh([beehives]);
  expect(ids(await search({ q: 'zeppelins' }))).toEqual([beehives]);
});

it('reads tables anew that were emptied, and never serves what was in them', async () => {
  await open.database.execute(sql`truncate ${searchProduct}, ${searchPlace}`);
  expect((await search({}, 'rows')).total).toBe(0);
  await ready();
  expect((await search({})).total).toBe(0);
  await fillSearchRows(open.database, () => options);
  await ready();
  expect((await search({})).total).toBe(judgedProducts.length);
});

it('searches rows where products are too many for the memory, from the start or later', async () => {
  const said: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => said.push(line) });
  const small = keepProductsInMemory(open.database, logger, judgedProducts.length - 1);
  const enough = keepProductsInMemory(open.database, logger, judgedProducts.length);
  try {
    while (said.length === 0) await sleep(10);
    expect(said.join('')).toContain('products are too many to keep in memory');
    expect(await small.current()).toBeNull();
    while ((await enough.current()) === null) await sleep(10);
    // one more is put on sale
    const [row] = await open.database.select().from(product).where(eq(product.id, beehives));
    if (row === undefined) throw new TypeError('the market has no beehives');
    const another: Hex = `0x${'cd'.repeat(32)}`;
    await open.database.insert(product).values({ ...row, id: another });
    await refresh([another]);
    while ((await enough.current()) !== null) await sleep(10);
    expect(said).toHaveLength(2);
    const view = { database: open.database, engine: createPostgresEngine(enough), now: () => marketNow };
    const found = await view.engine.search({ ...view, schemas: () => marketSchemas }, productQuerySchema.parse({}));
    expect(found.total).toBe(judgedProducts.length + 1);
    await open.database.delete(product).where(eq(product.id, another));
    await refresh([another]);
  } finally {
    await small.close();
    await enough.close();
  }
});

it('finds, counts and sorts as the rows themselves', async () => {
  const queries: ProductQuery[] = [
    { q: 'rain' },
    { q: 'wether seatle' },
    { q: 'train data', sort: 'newest' },
    { q: 'electr', category: 'energy', region: '150' },
    { region: 'US', free: 'true', sort: 'cheapest' },
    { tag: 'ship', language: 'en' },
    { minPrice: '1', sort: 'karma' },
    { bbox: '0,40,20,60', sort: 'busiest' }
  ];
  for (const query of queries) {
    const [one, other] = [await search(query), await search(query, 'rows')];
    expect({ ...one, hits: ids(one).sort() }).toEqual({ ...other, hits: ids(other).sort() });
    if (query.sort !== undefined) expect(ids(one)).toEqual(ids(other));
  }
});
