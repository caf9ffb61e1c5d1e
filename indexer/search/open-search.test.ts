import { eq, sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { createDatabase } from '../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { product, searchProduct } from '../schema.ts';
import { fillMarket, marketNow, marketSchemas, productId } from './judged/market.ts';
import { judgedProducts } from './judged/products.ts';
import { keepProductsInMemory, type ProductMemory } from './memory/product-memory.ts';
import { openSearch, type OpenSearch } from './open-search.ts';
import { fillSearchRows, refreshSearchRows } from './postgres/rows.ts';
import { startModelServer, type ModelServer } from './meilisearch/model-server.ts';

/** Filling and failing, with a model of Meilisearch's API: no real one was run. See meilisearch/model-server.ts. */

const key = 'a-very-secret-key';
const options = { schemas: marketSchemas, now: marketNow };
// long enough for a busy machine; where something is to be waited for in vain, it is shorter
const patience = { search: 10_000, request: 10_000, task: 20_000 };
const pace = { look: 20, firstRetry: 20, longestRetry: 100, lagMost: 20_000 };

let open: OpenDatabase;
let memory: ProductMemory;
let drop: () => Promise<void>;
let server: ModelServer;
let search: OpenSearch;
let registry: Registry;
let leading = true;
const wakers = new Set<() => void>();
const log: string[] = [];
const logger = pino(
  { level: 'debug', serializers: { error: pino.stdSerializers.err } },
  { write: (line: string) => void log.push(line) }
);

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  memory = keepProductsInMemory(open.database, pino({ level: 'silent' }), 1_000);
  while ((await memory.current()) === null) await sleep(10);
});
afterAll(async () => {
  await memory.close();
  await open.close();
  await drop();
});

interface Started {
  readonly url?: string;
  readonly givenKey?: string;
  readonly searchPatience?: number;
  readonly lagMost?: number;
}

function start({ url = server.url, givenKey = key, ...shorter }: Started = {}): OpenSearch {
  registry = new Registry();
  return openSearch({
    configuration: { MEILI_URL: url, MEILI_KEY: givenKey, MEILI_INDEX: 'market' },
    ...{ database: open.database, memory, registry, logger },
    patience: { ...patience, search: shorter.searchPatience ?? patience.search },
    pace: { ...pace, lagMost: shorter.lagMost ?? pace.lagMost },
    outbox: {
      onMessages: (listener) => {
        wakers.add(listener);
        return () => wakers.delete(listener);
      }
    },
    leads: () => leading
  });
}
beforeEach(async () => {
  leading = true;
  log.length = 0;
  server = await startModelServer(key);
  search = start();
});
afterEach(async () => {
  await search.stop();
  await server.close();
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(10);
}
const ready = () => until(() => search.status().state === 'ready');
/** Ready, and what was exchanged is put away, which is done last: searches need not wait for it. */
const settled = async () => {
  await ready();
  await until(() => {
    const asked = server.requests.map(({ method, path }) => `${method} ${path}`);
    const isPutAway =
      asked.lastIndexOf('DELETE /indexes/market_products_next') > asked.lastIndexOf('POST /swap-indexes');
    return isPutAway && !server.indexes.has('market_products_next');
  });
};
const find = (query: ProductQuery) => {
  const view = { database: open.database, engine: search.engine, now: () => marketNow, schemas: () => marketSchemas };
  return search.engine.search(view, productQuerySchema.parse(query));
};
const products = () => server.indexes.get('market_products')?.documents;
const refresh = (ids: readonly Hex[]) =>
  open.database.transaction((transaction) => refreshSearchRows(transaction, { products: ids }, options));
const wake = () => {
  for (const waker of wakers) waker();
};
const place = (name: string) => judgedProducts.findIndex((one) => one.key === name);
const beehives = productId(place('beehives'));
const byMeilisearch = { engine: 'meilisearch', insteadOf: null };
const instead = { engine: 'postgres', insteadOf: 'meilisearch' };

it('fills an index beside the one that is there, exchanges the two, and searches then', async () => {
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(instead);
  await settled();
  expect(await find({ q: 'beehives' })).toMatchObject({ searchedBy: byMeilisearch, hits: [{ id: beehives }] });
  expect(products()?.size).toBe(judgedProducts.length);
  expect(server.indexes.has('market_products_next')).toBe(false);
  const written = server.requests.filter(({ method, path }) => method !== 'GET' && path !== '/multi-search');
  expect(written.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'DELETE /indexes/market_products_next',
    'POST /indexes',
    'PATCH /indexes/market_products_next/settings',
    'POST /indexes/market_products_next/documents',
    'POST /indexes',
    'POST /swap-indexes',
    'POST /indexes/market_standing/documents',
    'DELETE /indexes/market_products_next'
  ]);
  expect(search.status()).toMatchObject({ engine: 'meilisearch', configured: 'meilisearch', reason: null });
  expect(await registry.metrics()).toContain('indexer_searches{engine="postgres",instead_of="meilisearch"} 1');
  expect(await registry.metrics()).toContain('indexer_search_ready 1');
});

it('takes over what changes and what is gone, and goes on where another stopped', async () => {
  await ready();
  const rows = await open.database.select().from(product).where(eq(product.id, beehives));
  await open.database.update(product).set({ purchases: 9_999 }).where(eq(product.id, beehives));
  await refresh([beehives]);
  wake();
  await until(() => products()?.get(beehives)?.['purchases'] === 9_999);
  await search.stop();
  await open.database.delete(product).where(eq(product.id, beehives));
  await refresh([beehives]);
  const before = server.requests.length;
  search = start();
  await until(() => products()?.has(beehives) === false);
  await ready();
  expect((await find({ q: 'beehives' })).hits).toEqual([]);
  // nothing was made anew
  expect(server.requests.slice(before).map(({ path }) => path)).not.toContain('/swap-indexes');
  await open.database.insert(product).values(rows);
  await refresh([beehives]);
  wake();
  await until(() => products()?.has(beehives) === true);
});

it('writes down a position only after everything up to it was taken', async () => {
  await ready();
  const standing = () => server.indexes.get('market_standing')?.documents.get('products')?.['position'];
  const before = standing();
  server.fail((method, path) => (method === 'POST' && path === '/indexes/market_products/documents' ? 500 : null));
  await open.database.update(product).set({ purchases: 7 }).where(eq(product.id, beehives));
  await refresh([beehives]);
  await until(() => search.status().state === 'away');
  expect(standing()).toBe(before);
  server.fail();
  await until(() => products()?.get(beehives)?.['purchases'] === 7);
  await until(() => standing() !== before);
  await ready();
});

it('makes the index anew for other tables, other settings, and one that lost products', async () => {
  await ready();
  const rebuilds = () => server.requests.filter(({ path }) => path === '/swap-indexes').length;
  await open.database.execute(sql`truncate ${searchProduct}`);
  await fillSearchRows(open.database, () => options);
  await until(() => rebuilds() === 2);
  await ready();
  await search.stop();
  server.indexes.get('market_standing')?.documents.set('products', {
    ...server.indexes.get('market_standing')?.documents.get('products'),
    version: 'of another program'
  });
  search = start();
  await until(() => rebuilds() === 3);
  await ready();
  await search.stop();
  products()?.delete(beehives);
  search = start();
  await until(() => rebuilds() === 4);
  await ready();
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(byMeilisearch);
});

it('does not write where another process leads, and searches what that one writes', async () => {
  await settled();
  await search.stop();
  leading = false;
  const before = server.requests.length;
  search = start({ lagMost: 100 });
  await ready();
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(byMeilisearch);
  await open.database.update(product).set({ purchases: 8 }).where(eq(product.id, beehives));
  await refresh([beehives]);
  // nobody brings the index up to date: it is not used for long
  await until(() => search.status().state === 'behind');
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(instead);
  const written = server.requests
    .slice(before)
    .filter(({ method, path }) => method !== 'GET' && path !== '/multi-search');
  expect(written).toEqual([]);
  leading = true;
  await ready();
});

it.each(['stall', 'hang up', 'garbage', 'other JSON', 500, 429] as const)(
  'answers by Postgres where Meilisearch fails (%s), says so, and comes back by itself',
  async (fault) => {
    await search.stop();
    search = start(fault === 'stall' ? { searchPatience: 1_000 } : {});
    await ready();
    server.fail((_, path) => (path === '/multi-search' ? fault : null));
    for (let time = 0; time < 3; time += 1) {
      const found = await find({ q: 'beehives' });
      expect(found).toMatchObject({ searchedBy: instead, hits: [{ id: beehives }] });
    }
    expect(
      log.filter((line) => line.includes('Postgres finds the products instead of Meilisearch')).length
    ).toBeGreaterThan(0);
    const view = { database: open.database, engine: search.engine, now: () => marketNow, schemas: () => marketSchemas };
    expect((await search.engine.suggest(view, 'eart', 8)).map(({ text }) => text)).toContain('earthquakes');
    expect(await search.engine.similar(view, productId(place('ships-baltic')), 4)).not.toEqual([]);
    server.fail();
    await until(async () => (await find({ q: 'beehives' })).searchedBy?.engine === 'meilisearch');
    expect(log.join('')).not.toContain(key);
  }
);

it('answers by Postgres where nothing listens, and by Meilisearch once it does', async () => {
  await search.stop();
  await server.close();
  const { port } = new URL(server.url);
  search = start();
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(instead);
  await until(() => search.status().state === 'away');
  expect(search.status().reason).not.toContain(port);
  expect(log.join('')).toContain('Check the server at MEILI_URL');
  server = await startModelServer(key, Number(port));
  await ready();
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(byMeilisearch);
});

it('says that a key is refused, and not which', async () => {
  await search.stop();
  search = start({ givenKey: 'another-secret-key' });
  await until(() => search.status().state === 'away');
  expect(log.join('')).toContain('Check MEILI_KEY');
  expect(JSON.stringify(search.status()) + log.join('')).not.toContain('secret-key');
});

it('leaves one search that Meilisearch refuses to Postgres, and goes on asking it others', async () => {
  await ready();
  server.fail((_, path) => (path === '/multi-search' ? 400 : null));
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(instead);
  expect(search.status().state).toBe('ready');
  server.fail();
  expect((await find({ q: 'beehives' })).searchedBy).toEqual(byMeilisearch);
});

it('goes on with a list while the engine changes, in both directions', async () => {
  await ready();
  for (const query of [{ sort: 'karma' }, { q: 'europe' }] as const) {
    const first = await find({ ...query, limit: 3 });
    const cursor = first.hits.at(-1)?.cursor ?? '';
    server.fail((_, path) => (path === '/multi-search' ? 500 : null));
    const second = await find({ ...query, limit: 3, cursor });
    expect(second.searchedBy).toEqual(instead);
    expect(second.hits).toHaveLength(3);
    server.fail();
    await until(async () => (await find({})).searchedBy?.engine === 'meilisearch');
    const third = await find({ ...query, limit: 3, cursor: second.hits.at(-1)?.cursor ?? '' });
    expect(third.hits).toHaveLength(3);
    const ids = [...(query.sort === undefined ? [] : first.hits), ...second.hits, ...third.hits].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

it('leaves to the rows what is asked of one seller, stream or id', async () => {
  await ready();
  const before = server.requests.filter(({ path }) => path === '/multi-search').length;
  for (const query of [{ q: beehives }, { seller: `0x${'1'.padStart(40, '0')}` }, { stream: `0x${'0'.repeat(40)}` }]) {
    expect((await find(query as ProductQuery)).searchedBy).toEqual({ engine: 'postgres', insteadOf: null });
  }
  expect(server.requests.filter(({ path }) => path === '/multi-search')).toHaveLength(before);
});
