import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../../database.ts';
import { fillMarket, marketNow, marketSchemas, productId } from '../../search/judged/market.ts';
import { judgedProducts } from '../../search/judged/products.ts';
import { createPostgresEngine } from '../../search/postgres/engine.ts';
import { graphqlServer } from './server.ts';

let open: OpenDatabase;
let drop: () => Promise<void>;
let server: ReturnType<typeof graphqlServer>;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  const status = { chainId: 1, head: null, indexed: null, sinceChainAnswered: null, ready: true };
  server = graphqlServer(
    {
      view: {
        ...{ database: open.database, engine: createPostgresEngine() },
        ...{ now: () => marketNow, schemas: () => marketSchemas }
      },
      readiness: () => Promise.resolve({ status, reason: null }),
      logger: pino({ level: 'silent' })
    },
    open.pool,
    { enter: () => () => undefined, open: () => Promise.reject(new TypeError('nothing subscribes here')) },
    { read: () => Promise.reject(new TypeError('nothing is past here')) }
  );
});

afterAll(async () => {
  await open.close();
  await drop();
});

async function ask(
  query: string
): Promise<{ data?: Record<string, unknown>; errors?: { extensions: { code: string } }[] }> {
  const response = await server(
    new Request('http://index/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query })
    }),
    'test'
  );
  return (await response.json()) as Awaited<ReturnType<typeof ask>>;
}

describe('products over GraphQL', () => {
  it('are found as over REST, with facets, corrections and what matches', async () => {
    const { data, errors } = await ask(`{
      searchProducts(q: "bitcon", first: 2, category: FINANCE, free: false, live: true, near: null) {
        totalCount corrections { typed meant } ignored
        facets { category { value count } rate { value count } }
        edges { highlights { name { text match } } node { id document liveness { live uptime24h events24h } } }
        pageInfo { hasNextPage }
      } }`);
    expect(errors).toBeUndefined();
    expect(data?.searchProducts).toMatchObject({
      corrections: [{ typed: 'bitcon', meant: 'bitcoin' }],
      ignored: [],
      facets: {
        category: expect.arrayContaining([{ value: 'finance', count: expect.any(Number) as number }]) as unknown
      },
      edges: expect.arrayContaining([
        {
          highlights: { name: expect.arrayContaining([{ text: 'Bitcoin', match: true }]) as unknown },
          node: {
            id: productId(judgedProducts.findIndex(({ key }) => key === 'btc-trades')),
            document: expect.objectContaining({ name: 'Bitcoin trades' }) as unknown,
            liveness: { live: true, uptime24h: null, events24h: expect.any(String) as string }
          }
        }
      ]) as unknown
    });
  });

  it('are found on the map, suggested and likened', async () => {
    const place = judgedProducts.findIndex(({ key }) => key === 'ev-germany');
    const { data, errors } = await ask(`{
      searchProducts(near: [8.54, 47.37], within: 5, price: FREE, rate: MINUTE) { nodes { document } }
      productSuggestions(q: "eart", first: 3) { text productId }
      similarProducts(product: "${productId(place)}", first: 2) { document }
    }`);
    expect(errors).toBeUndefined();
    expect(data?.searchProducts).toMatchObject({ nodes: [{ document: { name: 'Weather of Zurich' } }] });
    expect(data?.productSuggestions).toContainEqual({ text: 'earthquake', productId: null });
    expect(data?.similarProducts).toContainEqual({
      document: expect.objectContaining({ name: 'Fast chargers of Norway' }) as unknown
    });
  });

  it.each(['near: [8.5]', 'near: [8.5, 91]', 'bbox: [0, 10, 10, 0]', 'region: "europe"', 'first: 101', 'after: "x"'])(
    'are not looked for by %s',
    async (argument) => {
      const { errors } = await ask(`{ searchProducts(${argument}) { totalCount } }`);
      expect(errors?.[0]?.extensions.code).toMatch(/^(?:request|cursor)-invalid$/);
    }
  );
});
