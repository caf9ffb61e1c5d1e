import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { noticeSchema, type Notice } from '#sdk/protocol/notices';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { searchMatchEventSchema } from '#sdk/protocol/saved-searches';
import { createDatabase } from '../../test/database.ts';
import { until } from '../../test/indexer-tables.ts';
import type { LiveMessages } from '../api/live-messages.ts';
import { searchEventRoutes } from '../api/search-events.ts';
import type { Services } from '../api/services.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { openOutbox, type Outbox } from '../outbox/outbox.ts';
import { document, offer, product, searchPlace, searchProduct } from '../schema.ts';
import { webhookDelivery } from '../schema/notices.ts';
import { fillMarket, marketNow, marketSchemas, productId } from '../search/judged/market.ts';
import { judgedProducts } from '../search/judged/products.ts';
import { writeDocuments } from '../search/postgres/derived-documents.ts';
import { keepProductsInMemory, type ProductMemory } from '../search/memory/product-memory.ts';
import { createPostgresEngine } from '../search/postgres/engine.ts';
import { fillSearchRows, refreshSearchRows } from '../search/postgres/rows.ts';
import type { View } from '../search/view.ts';
import { NoticesTooManyError, NoticeUnknownError } from '../webhooks/errors.ts';
import { keyOf } from '../webhooks/key.ts';
import { createWebhooks } from '../webhooks/webhooks.ts';
import { conditionsOf, SearchInvalidError } from './conditions.ts';
import { followProducts } from './follow-products.ts';
import { createSavedSearches, type SavedSearches } from './searches.ts';

const logger = pino({ level: 'silent' });
const rowOptions = { schemas: marketSchemas, now: marketNow };
const account = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;
let open: OpenDatabase;
let outbox: Outbox;
let searches: SavedSearches;
let follower: { stop(): Promise<void> };
let memory: ProductMemory;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  outbox = openOutbox({ database: open.database, databaseUrl: database.url, logger });
  memory = keepProductsInMemory(open.database, logger, 1_000);
  await until(async () => (await memory.current()) !== null);
  const view: View = {
    database: open.database,
    engine: createPostgresEngine(memory),
    now: () => marketNow,
    schemas: () => marketSchemas
  };
  searches = createSavedSearches({ view, memory, clock: Date.now });
  const moment = () => ({ now: Date.now(), marketNow });
  const followed = { database: open.database, outbox, logger, moment, leads: () => true, onRecorded: () => undefined };
  follower = followProducts(followed);
});
afterAll(async () => {
  await follower.stop();
  await outbox.close();
  await memory.close();
  await open.close();
  await drop();
});

const place = (key: string) => judgedProducts.findIndex((one) => one.key === key);
const refresh = (...products: Hex[]) =>
  open.database.transaction((transaction) => refreshSearchRows(transaction, { products }, rowOptions));
/** Gives a product another price, as a new offer would. */
async function price(id: Hex, pricePerSecond: string): Promise<void> {
  await open.database.update(product).set({ pricePerSecond }).where(eq(product.id, id));
  await open.database.update(offer).set({ pricePerSecond }).where(eq(offer.product, id));
  await refresh(id);
}
/** Gives a product another document. */
async function describeAnew(id: Hex, name: string): Promise<void> {
  const [row] = await open.database
    .select({ content: document.content })
    .from(document)
    .innerJoin(product, eq(product.documentHash, document.hash))
    .where(eq(product.id, id));
  if (row?.content == null) throw new TypeError('the product has no document');
  const hash: Hex = `0x${Buffer.from(name.padEnd(32, '.')).toString('hex').slice(0, 64)}`;
  await open.database.insert(document).values({ hash, state: 'pending', attempts: 0, nextAttempt: null });
  await open.database.update(product).set({ documentHash: hash }).where(eq(product.id, id));
  await open.database.update(offer).set({ documentHash: hash }).where(eq(offer.product, id));
  await writeDocuments(open.database, [{ hash, content: { ...row.content, name } }], rowOptions);
}
const matchesOf = async (of: Address, id: string) =>
  (await searches.matches(of, id, { since: 0, limit: 100 })).map(({ product: { productId: one } }) => one);
/** Waits until everything that changed was compared. */
const compared = () =>
  until(async () => {
    await open.database.execute(sql`select pg_notify('tributary_outbox', '')`);
    const { rows } = await open.database.execute<{ done: boolean }>(sql`
      select position >= greatest((select max(changed) from indexer.search_product), (select max(changed) from indexer.search_removed), 0)
        and file = pg_relation_filenode('indexer.search_product'::regclass)::text as done
      from indexer.search_comparison`);
    return rows[0]?.done === true;
  });

describe('saved searches', () => {
  it('remember products that come to match, each once, and not those that matched before', async () => {
    await compared();
    const of = account(1);
    const dear = productId(place('rain-radar-alps'));
    const { id, query } = await searches.save(of, {
      name: 'Cheap rain',
      query: '?q=rain&maxPrice=5&sort=newest&limit=3'
    });
    expect(query).toBe('q=rain&maxPrice=5');
    // what matched already may change as it likes
    await price(productId(place('seattle-daily')), '1');
    await price(dear, '4');
    await price(dear, '3');
    await price(productId(place('beehives')), '2');
    await compared();
    expect(await matchesOf(of, id)).toEqual([dear]);
    expect((await searches.list(of)).map(({ matches }) => matches)).toEqual([1]);
  });

  it('wait for words that no product has yet, also as they were mistyped', async () => {
    const of = account(2);
    const airships = await searches.save(of, { name: 'Airships', query: 'q=the+zeppelins' });
    const weather = await searches.save(of, { name: 'Weather', query: 'q=wether+quokka' });
    const ids = [productId(place('beehives')), productId(place('fog-airports'))] as const;
    await describeAnew(ids[0], 'Zeppelins over the lake');
    await describeAnew(ids[1], 'Weather that quokkas like');
    await compared();
    expect(await matchesOf(of, airships.id)).toEqual([ids[0]]);
    expect(await matchesOf(of, weather.id)).toEqual([ids[1]]);
  });

  it('narrow by seller, stream, id and facets as searches do', async () => {
    const of = account(3);
    const target = productId(place('uv-australia'));
    const [row] = await open.database.select().from(product).where(eq(product.id, target));
    if (row === undefined) throw new TypeError('the market has no such product');
    await open.database.delete(product).where(eq(product.id, target));
    await refresh(target);
    await compared();
    const queries = {
      seller: `seller=${row.seller}`,
      stream: `stream=${row.streams[0] ?? ''}`,
      exact: `q=${row.currentOffer}`,
      facets: 'category=weather&region=AU&free=true',
      otherSeller: `seller=${account(77)}`,
      otherFacets: 'category=transport&region=AU'
    };
    const saved = Object.entries(queries).map(([name, query]) => searches.save(of, { name, query }));
    const ids = (await Promise.all(saved)).map(({ id, name }) => [name, id] as const);
    await open.database.insert(product).values(row);
    await refresh(target);
    await compared();
    const found = await Promise.all(ids.map(async ([name, id]) => [name, await matchesOf(of, id)] as const));
    expect(Object.fromEntries(found)).toEqual({
      ...{ seller: [target], stream: [target], exact: [target], facets: [target] },
      ...{ otherSeller: [], otherFacets: [] }
    });
  });

  it('tell the webhooks of their account alone, and take back what the chain undid', async () => {
    const of = account(4);
    const webhooks = createWebhooks({ database: open.database, key: keyOf(Buffer.alloc(32, 7)), clock: Date.now });
    const hook = (by: Address, watched: string[] = []) =>
      webhooks.register(by, { url: 'https://example.org/', kinds: ['search.match'], watched, lead: 60 });
    const own = await hook(of);
    const foreign = await hook(account(5), [of]);
    const { id } = await searches.save(of, { name: 'Snow', query: 'q=snow&free=true' });
    const snow = productId(place('snow-depth-swiss'));
    await price(snow, '0');
    await compared();
    const told = async (webhook: string): Promise<Notice[]> =>
      (await webhooks.deliveries(webhook === own.id ? of : account(5), webhook, { limit: 10 }))
        .map(({ body }) => noticeSchema.parse(JSON.parse(body)))
        .reverse();
    expect(await told(own.id)).toMatchObject([
      { type: 'search.match', data: { search: id, searchName: 'Snow', product: snow, pricePerSecond: '0' } }
    ]);
    expect(await told(foreign.id)).toEqual([]);
    // it was sent, and then the block is undone
    await open.database
      .update(webhookDelivery)
      .set({ state: 'delivered', nextTry: null, tried: 1 })
      .where(eq(webhookDelivery.webhook, own.id));
    const rows = await open.database.select().from(product).where(eq(product.id, snow));
    await open.database.delete(product).where(eq(product.id, snow));
    await refresh(snow);
    await compared();
    expect((await told(own.id)).map(({ type }) => type)).toEqual(['search.match', 'retracted']);
    await open.database.insert(product).values(rows);
    await refresh(snow);
    await compared();
    expect((await told(own.id)).map(({ type }) => type)).toEqual(['search.match', 'retracted', 'search.match']);
  });

  it('are told nothing twice when the tables are made anew', async () => {
    const of = account(6);
    const { id } = await searches.save(of, { name: 'Frost', query: 'q=frost&free=true' });
    const frost = productId(place('frost-vineyards'));
    await price(frost, '0');
    await compared();
    const [before] = await searches.matches(of, id, { since: 0, limit: 10 });
    await open.database.execute(sql`truncate ${searchProduct}, ${searchPlace}`);
    await fillSearchRows(open.database, () => rowOptions);
    await compared();
    expect(await searches.matches(of, id, { since: 0, limit: 10 })).toMatchObject([{ matchedAt: before?.matchedAt }]);
    expect(await matchesOf(of, id)).toEqual([frost]);
  });

  it('tell their account, as it listens, of what any of them matches, and of what came while it was away', async () => {
    const of = account(9);
    const left = { clients: 0 };
    const live: LiveMessages = {
      enter: () => () => (left.clients += 1),
      open: () => Promise.reject(new TypeError('nobody asks for messages'))
    };
    const sessions = { accountOf: () => of } as unknown as Services['sessions'];
    const services = { searches, sessions, logger, clock: Date.now } as Services;
    const routes = searchEventRoutes(services, live);
    const env = { incoming: { socket: { remoteAddress: '127.0.0.1' } } };
    /** Listens until so many came. @returns them, and the id of the last. */
    const listen = async (count: number, headers: Record<string, string>) => {
      const leaving = new AbortController();
      const { body, status } = await routes.request('/v1/searches/events', { headers, signal: leaving.signal }, env);
      expect(status).toBe(200);
      let text = '';
      const reader = (body as ReadableStream<Uint8Array>).getReader();
      const decoder = new TextDecoder();
      const heard = () => [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data) as unknown);
      while (heard().length < count) text += decoder.decode((await reader.read()).value, { stream: true });
      await reader.cancel();
      leaving.abort();
      const events = heard().map((event) => searchMatchEventSchema.parse(event));
      return { events, id: [...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '' };
    };
    const { id } = await searches.save(of, { name: 'Tides', query: 'q=tides+chronicle' });
    const other = await searches.save(of, { name: 'Chronicles', query: 'q=chronicle' });
    await searches.save(account(10), { name: 'Of somebody else', query: 'q=chronicle' });
    const ids = [productId(place('beehives')), productId(place('fog-airports'))] as const;
    await describeAnew(ids[0], 'Chronicle of tides');
    await compared();
    const first = await listen(2, { 'last-event-id': '0' });
    expect(
      first.events.map(({ search, searchName, product: { productId } }) => [search, searchName, productId])
    ).toEqual(
      expect.arrayContaining([
        [id, 'Tides', ids[0]],
        [other.id, 'Chronicles', ids[0]]
      ])
    );
    await describeAnew(ids[1], 'Chronicle of fog');
    await compared();
    const second = await listen(1, { 'last-event-id': first.id });
    expect(second.events).toMatchObject([{ search: other.id, product: { productId: ids[1] } }]);
    await until(() => Promise.resolve(left.clients === 2));
  });

  it('belong to their account, have names, and are no more than there may be', async () => {
    const of = account(7);
    const { id } = await searches.save(of, { name: 'One', query: 'q=wind' });
    expect((await searches.rename(of, id, 'Two')).name).toBe('Two');
    await expect(searches.rename(account(8), id, 'Three')).rejects.toThrow(NoticeUnknownError);
    await expect(searches.remove(account(8), id)).rejects.toThrow(NoticeUnknownError);
    await expect(searches.matches(account(8), id, { since: 0, limit: 1 })).rejects.toThrow(NoticeUnknownError);
    for (let more = 1; more < 50; more += 1) await searches.save(of, { name: String(more), query: 'free=true' });
    await expect(searches.save(of, { name: 'Too many', query: '' })).rejects.toThrow(NoticesTooManyError);
    await searches.remove(of, id);
    expect((await searches.list(of)).map(({ name }) => name)).not.toContain('Two');
  });

  it.each(['category=nonsense', 'near=8', 'maxPrice=-1'])('refuse %s', (query) => {
    expect(() => conditionsOf(query)).toThrow(SearchInvalidError);
  });
});
