import { eq } from 'drizzle-orm';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { productPageSchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../../database.ts';
import { streamActivity } from '../../schema.ts';
import { fillMarket, marketNow, marketSchemas, productId } from '../../search/judged/market.ts';
import { judgedProducts } from '../../search/judged/products.ts';
import { createPostgresEngine } from '../../search/postgres/engine.ts';
import type { View } from '../../search/view.ts';
import { discoveryRoutes } from '../discovery.ts';
import { graphqlServer } from './server.ts';

let open: OpenDatabase;
let drop: () => Promise<void>;
let server: ReturnType<typeof graphqlServer>;
let view: View;
const status = { chainId: 1, head: null, indexed: null, sinceChainAnswered: null, ready: true };
const readiness = () => Promise.resolve({ status, reason: null });
const past = { read: () => Promise.reject(new TypeError('nothing is past here')) };

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  await fillMarket(open.database);
  view = {
    ...{ database: open.database, engine: createPostgresEngine() },
    ...{ now: () => marketNow, schemas: () => marketSchemas }
  };
  server = graphqlServer(
    {
      view,
      readiness,
      logger: pino({ level: 'silent' })
    },
    open.pool,
    { enter: () => () => undefined, open: () => Promise.reject(new TypeError('nothing subscribes here')) },
    past
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

  it('tell of their last 24 hours, as over REST', async () => {
    const place = judgedProducts.findIndex(({ key }) => key === 'btc-trades');
    const id = productId(place);
    const stream: Address = `0x${(10_000 + place).toString(16).padStart(40, '0')}`;
    const minute = Math.floor(marketNow / 60);
    // a lone minute, half an hour of which nobody knows, then half an hour with events, one without, 15 minutes with
    const recent = [null, 8, ...new Array<null>(29).fill(null), ...new Array<number>(30).fill(2)];
    recent.push(...new Array<number>(30).fill(0), ...new Array<number>(15).fill(1));
    await open.database
      .update(streamActivity)
      .set({ recent, minute: minute - 1 })
      .where(eq(streamActivity.stream, stream));
    const { data, errors } = await ask(`{
      product(id: "${id}") { liveness { hourly24h { until events observed } } } }`);
    expect(errors).toBeUndefined();
    const events = [...new Array<null>(22).fill(null), 38, 45];
    const observed = [...new Array<number>(22).fill(0), 16, 60];
    expect(data).toEqual({
      product: {
        liveness: {
          hourly24h: {
            until: String(minute * 60_000),
            events: events.map((count) => (count === null ? null : String(count))),
            observed
          }
        }
      }
    });
    const told = { until: minute * 60_000, events, observed };
    const rest = discoveryRoutes({ view, readiness }, past);
    const asked = async (path: string): Promise<unknown> => (await rest.request(path)).json();
    expect(await asked(`/v1/products/${id}`)).toMatchObject({ liveness: { hourly24h: told } });
    expect(await asked(`/v1/streams/${stream}/liveness`)).toMatchObject({ hourly24h: told });
    const found = productPageSchema.parse(await asked('/v1/products?q=bitcoin+trades'));
    expect(found.items.find(({ productId }) => productId === id)?.liveness).not.toHaveProperty('hourly24h');
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
