import { createHash } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../database.ts';
import { product } from '../schema.ts';
import { fillMarket, marketNow, marketSchemas, productId } from '../search/judged/market.ts';
import { createPostgresEngine } from '../search/postgres/engine.ts';
import { discoveryRoutes } from './discovery.ts';
import { graphqlServer } from './graphql/server.ts';

let open: OpenDatabase;
let drop: () => Promise<void>;
let graphql: ReturnType<typeof graphqlServer>;
let rest: ReturnType<typeof discoveryRoutes>;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  const view = {
    ...{ database: open.database, engine: createPostgresEngine() },
    ...{ now: () => marketNow, schemas: () => marketSchemas }
  };
  const status = { chainId: 1, head: null, indexed: null, sinceChainAnswered: null, ready: true };
  const readiness = () => Promise.resolve({ status, reason: null });
  const past = { read: () => Promise.reject(new TypeError('nothing is past here')) };
  const live = { enter: () => () => undefined, open: () => Promise.reject(new TypeError('nothing subscribes here')) };
  graphql = graphqlServer({ view, readiness, logger: pino({ level: 'silent' }) }, open.pool, live, past);
  rest = discoveryRoutes({ view, readiness }, past);
});

afterAll(async () => {
  await open.close();
  await drop();
});

const id = productId(0);

async function ask(request: object, accept?: string) {
  const headers = { 'content-type': 'application/json', ...(accept === undefined ? {} : { accept }) };
  const response = await graphql(
    new Request('http://index/graphql', { method: 'POST', headers, body: JSON.stringify(request) }),
    'test'
  );
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text() };
}

/** Says of the product that so much was earned with it, as a block does. */
async function earn(revenue: string): Promise<void> {
  await open.database.update(product).set({ revenue }).where(eq(product.id, id));
}

describe('one product over GraphQL', () => {
  const plain = 'query ($id: ID!) { product(id: $id) { id seller revenue purchases } }';
  const several = 'query ($id: ID!) { product(id: $id) { revenue currentOffer { product { revenue } } sellerKarma } }';

  it.each([
    ['its row', plain, undefined],
    ['its row, by its type', 'query ($id: ID!) { product(id: $id) { __typename number } }', 'application/json'],
    ['its row, as GraphQL', 'query ($id: ID!) { product(id: $id) { id } }', 'application/graphql-response+json'],
    ['what several statements read', several, undefined],
    ['what is in a fragment', 'query ($id: ID!) { product(id: $id) { ...P } } fragment P on Product { id }', undefined],
    ['two of them', 'query ($id: ID!) { a: product(id: $id) { id } b: product(id: $id) { document } }', undefined]
  ])('answers the same the first time and later: %s', async (_, query, accept) => {
    const first = await ask({ query, variables: { id } }, accept);
    expect(first).toMatchObject({ status: 200, type: `${accept ?? 'application/json'}; charset=utf-8` });
    expect(first.body).toMatch(/^\{"data":\{"\w+":\{/);
    for (let again = 0; again < 3; again += 1) expect(await ask({ query, variables: { id } }, accept)).toEqual(first);
    const unknown = await ask({ query, variables: { id: `0x${'9'.repeat(64)}` } }, accept);
    expect(JSON.parse(unknown.body)).toMatchObject({ data: {} });
    expect(unknown.body).toContain(':null');
  });

  it.each([
    ['no variables', { query: plain }],
    ['another name of the operation', { query: plain, variables: { id }, operationName: 'other' }],
    ['an unknown parameter', { query: plain, variables: { id }, other: 1 }],
    ['variables of another shape', { query: plain, variables: [id] }]
  ])('refuses a known query as an unknown one: %s', async (_, request) => {
    await ask({ query: plain, variables: { id } });
    const known = await ask(request);
    // spaces make it another text
    const unknown = await ask({ ...request, query: `${plain}   ` });
    expect(known.body).toContain('"errors"');
    expect({ ...known, body: known.body.replaceAll(/"line":\d+,"column":\d+/g, '') }).toEqual({
      ...unknown,
      body: unknown.body.replaceAll(/"line":\d+,"column":\d+/g, '')
    });
  });

  it('refuses a known query that its variables make too large', async () => {
    const query = 'query ($first: Int) { products(first: $first) { nodes { offers: currentOffer { id } } } }';
    expect((await ask({ query, variables: { first: 2 } })).status).toBe(200);
    const refused = await ask({ query, variables: { first: 1_000_000 } });
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('operation-too-large');
  });

  it.each([
    ['one statement', plain],
    ['several', several]
  ])('tells what was written a moment ago, by %s', async (_, query) => {
    for (let revenue = 1; revenue <= 10; revenue += 1) {
      // others ask all the time, and what they are told is not kept for anybody
      const others = Array.from({ length: 8 }, () => ask({ query, variables: { id } }));
      await earn(String(revenue));
      const { body } = await ask({ query, variables: { id } });
      expect(body).toContain(`"revenue":"${String(revenue)}"`);
      await Promise.all(others);
    }
  });

  it('reads several facts at one moment', async () => {
    await ask({ query: several, variables: { id } });
    for (let asked = 0; asked < 15; asked += 1) {
      const writing = open.database
        .update(product)
        .set({ revenue: sql`${product.revenue} + 1` })
        .where(eq(product.id, id));
      const [answered] = await Promise.all([ask({ query: several, variables: { id } }), writing]);
      const { data } = JSON.parse(answered.body) as {
        data: { product: { revenue: string; currentOffer: { product: { revenue: string } } } };
      };
      expect(data.product.currentOffer.product.revenue).toBe(data.product.revenue);
    }
  });
});

describe('one product over REST', () => {
  it('is tagged by its bytes', async () => {
    const response = await rest.request(`/v1/products/${id}`);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('etag')).toBe(`"${createHash('sha1').update(bytes).digest('hex')}"`);
    expect(response.headers.get('content-type')).toBe('application/json');
  });

  it('tells what was written a moment ago', async () => {
    for (let revenue = 100; revenue <= 110; revenue += 1) {
      const others = Array.from({ length: 8 }, async () => rest.request(`/v1/products/${id}`));
      await earn(String(revenue));
      expect(await (await rest.request(`/v1/products/${id}`)).json()).toMatchObject({ revenue: String(revenue) });
      await Promise.all(others);
    }
  });
});
