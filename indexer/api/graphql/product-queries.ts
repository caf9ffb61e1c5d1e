import {
  priceBandSchema,
  productQuerySchema,
  productSortSchema,
  updateRateSchema,
  type Facet,
  type Highlight,
  type HourlyEvents,
  type ProductFacets,
  type ProductPage,
  type Suggestion
} from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { categorySchema } from '#sdk/protocol/product-document';
import { settlementSchema } from '#sdk/protocol/settlement';
import type { LivenessNow } from '../../search/liveness.ts';
import type { SearchHit } from '../../search/search-engine.ts';
import { RequestInvalidError } from '../problems.ts';
import type { Builder, GraphqlContext } from './builder.ts';
import type { FactTypes } from './fact-types.ts';
import { bytesArgument, toConnection, type Page } from './pages.ts';
import { refusePast } from './refuse-past.ts';

/** A page of a search, with what was found beside the products. */
interface SearchPage extends Page {
  readonly facets: ProductFacets;
  readonly corrections: ProductPage['corrections'];
  readonly ignored: readonly string[];
  readonly searchedBy: NonNullable<ProductPage['searchedBy']>;
}

/** Most products that are like another one. */
const mostSimilar = 24;

/** Adds to products what documents and brokers say of them, and the ways to find them. */
export function productQueries(builder: Builder, types: FactTypes): void {
  const hourly = builder.objectRef<HourlyEvents>('HourlyEvents').implement({
    description: 'The last 24 hours, oldest first, each 60 whole minutes long.',
    fields: (t) => ({
      until: t.expose('until', { type: 'BigInt', description: 'End of the last hour, Unix milliseconds.' }),
      events: t.expose('events', {
        type: ['BigInt'],
        nullable: { list: false, items: true },
        description: 'Of each hour, in the minutes watched; null where none was: before the first event, too.'
      }),
      observed: t.exposeIntList('observed', { description: 'Minutes of each hour that were watched.' })
    })
  });
  const liveness = builder.objectRef<LivenessNow & { readonly product: Hex }>('Liveness').implement({
    description: "Whether data really flow, by the broker's public counters; see /v1/reference.",
    fields: (t) => ({
      live: t.exposeBoolean('live'),
      lastEventAt: t.expose('lastEventAt', { type: 'BigInt', nullable: true, description: 'Unix milliseconds.' }),
      perMinute: t.exposeFloat('perMinute'),
      perMinute24h: t.exposeFloat('perMinute24h'),
      perMinute30d: t.exposeFloat('perMinute30d'),
      events24h: t.expose('events24h', { type: 'BigInt' }),
      events30d: t.expose('events30d', { type: 'BigInt' }),
      uptime24h: t.exposeFloat('uptime24h', { nullable: true }),
      uptime30d: t.exposeFloat('uptime30d', { nullable: true }),
      longestGap24h: t.exposeInt('longestGap24h', { nullable: true, description: 'Seconds.' }),
      hourly24h: t.field({
        type: hourly,
        nullable: true,
        resolve: async ({ product }, _, context) => (await context.hours(product)) ?? null
      }),
      checkedAt: t.expose('checkedAt', { type: 'BigInt', description: 'Unix milliseconds.' })
    })
  });
  builder.objectFields(types.product, (t) => ({
    liveness: t.field({
      type: liveness,
      nullable: true,
      description: 'Null until the broker was asked about a stream of it.',
      resolve: async ({ id }, _, context) => {
        const found = await context.liveness(id);
        return found === undefined ? null : { ...found, product: id };
      }
    }),
    document: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The product document, where it is there and valid.',
      resolve: async (row, _, context) => (await context.document(row.documentHash)) ?? null
    })
  }));

  const facet = builder.objectRef<Facet>('Facet').implement({
    fields: (t) => ({ value: t.exposeString('value'), count: t.exposeInt('count') })
  });
  const names = [
    'category',
    'free',
    'tag',
    'price',
    'settlement',
    'verified',
    'live',
    'rate',
    'region',
    'language'
  ] as const;
  const facets = builder.objectRef<ProductFacets>('ProductFacets').implement({
    description: 'Each counted as if it narrowed nothing itself.',
    fields: (t) =>
      Object.fromEntries(names.map((name) => [name, t.field({ type: [facet], resolve: (found) => found[name] })]))
  });
  const correction = builder.objectRef<ProductPage['corrections'][number]>('Correction').implement({
    fields: (t) => ({ typed: t.exposeString('typed'), meant: t.exposeString('meant') })
  });
  const searchedBy = builder.objectRef<NonNullable<ProductPage['searchedBy']>>('SearchedBy').implement({
    description: 'Which engine found the products.',
    fields: (t) => ({
      engine: t.exposeString('engine'),
      insteadOf: t.exposeString('insteadOf', {
        nullable: true,
        description: 'The engine that should have, and is away or behind.'
      })
    })
  });
  const piece = builder.objectRef<Highlight[number]>('TextPiece').implement({
    fields: (t) => ({ text: t.exposeString('text'), match: t.exposeBoolean('match') })
  });
  const highlights = builder.objectRef<NonNullable<SearchHit['highlights']>>('Highlights').implement({
    fields: (t) => ({
      name: t.field({ type: [piece], resolve: ({ name }) => name }),
      summary: t.field({ type: [piece], resolve: ({ summary }) => summary }),
      description: t.field({ type: [piece], nullable: true, resolve: ({ description }) => description })
    })
  });
  const edge = builder.edgeObject({
    type: types.product,
    name: 'ProductSearchEdge',
    fields: (t) => ({
      highlights: t.field({
        type: highlights,
        nullable: true,
        description: 'What matches; null where nothing was looked for by words.',
        resolve: (found) => (found as unknown as { highlights: SearchHit['highlights'] }).highlights
      })
    })
  });
  const connection = builder.connectionObject<(typeof types)['product'], SearchPage, false, false>(
    {
      type: types.product,
      name: 'ProductSearchConnection',
      fields: (t) => ({
        totalCount: t.int({ resolve: (page) => page.total() }),
        facets: t.field({ type: facets, resolve: (page) => page.facets }),
        corrections: t.field({ type: [correction], resolve: (page) => [...page.corrections] }),
        ignored: t.stringList({ resolve: (page) => [...page.ignored] }),
        searchedBy: t.field({ type: searchedBy, resolve: (page) => page.searchedBy })
      })
    },
    edge
  );
  const suggestion = builder.objectRef<Suggestion>('Suggestion').implement({
    fields: (t) => ({
      text: t.exposeString('text'),
      productId: t.expose('productId', { type: 'Bytes', nullable: true })
    })
  });
  /** GraphQL's names of the values of an enumeration. */
  const enumeration = (name: string, values: readonly string[]) =>
    builder.enumType(name, {
      values: Object.fromEntries(values.map((value) => [value.toUpperCase().replace(/[^A-Z0-9]/g, '_'), { value }]))
    });
  const category = enumeration('Category', categorySchema.options);
  const sort = enumeration('ProductSort', productSortSchema.options);
  const price = enumeration('PriceBand', priceBandSchema.options);
  const rate = enumeration('UpdateRate', updateRateSchema.options);
  const settlement = enumeration('SettlementName', settlementSchema.options);

  builder.queryFields((t) => {
    const bytes = bytesArgument(t);
    return {
      searchProducts: t.field({
        type: connection,
        description: 'The same search as GET /v1/products.',
        args: {
          first: t.arg.int({ description: '1 to 100, by default 24.' }),
          after: t.arg.string(),
          q: t.arg.string(),
          category: t.arg({ type: category }),
          tag: t.arg.string(),
          seller: bytes(),
          stream: bytes(),
          free: t.arg.boolean(),
          price: t.arg({ type: price }),
          minPrice: t.arg({ type: 'BigInt', description: 'DATAcoin wei per second.' }),
          maxPrice: t.arg({ type: 'BigInt' }),
          settlement: t.arg({ type: settlement }),
          verified: t.arg.boolean(),
          live: t.arg.boolean(),
          rate: t.arg({ type: rate }),
          region: t.arg.string(),
          language: t.arg.string(),
          near: t.arg.floatList({ description: 'Longitude, latitude.' }),
          within: t.arg.float({ description: 'Kilometres.' }),
          bbox: t.arg.floatList({ description: 'West, south, east, north.' }),
          retired: t.arg.boolean(),
          sort: t.arg({ type: sort })
        },
        resolve: (_, query, context) => searchPage(context, query) as never
      }),
      similarProducts: t.field({
        type: [types.product],
        description: 'Products on sale like this one, the most alike first.',
        args: { product: t.arg({ type: 'Bytes', required: true }), first: t.arg.int({ description: '1 to 24.' }) },
        resolve: async (_, { product, first }, { view, loader }) => {
          refusePast(view);
          const ids = await view.engine.similar(view, product as Hex, Math.min(mostSimilar, Math.max(1, first ?? 6)));
          const rows = await Promise.all(ids.map((id) => loader.load('product', id)));
          return rows.flatMap((row) => row ?? []);
        }
      }),
      productSuggestions: t.field({
        type: [suggestion],
        description: 'What somebody who has typed so much may be about to type.',
        args: { q: t.arg.string({ required: true }), first: t.arg.int({ description: '1 to 20.' }) },
        resolve: (_, { q, first }, { view }) =>
          view.engine.suggest(view, q.slice(0, 200), Math.min(20, Math.max(1, first ?? 8)))
      })
    };
  });
}

async function searchPage(
  context: GraphqlContext,
  { first, after, ...query }: Readonly<Record<string, unknown>>
): Promise<object> {
  const given = { ...query, limit: first, cursor: after };
  const parsed = productQuerySchema.safeParse(
    Object.fromEntries(
      Object.entries(given).flatMap(([key, value]) =>
        value === null || value === undefined
          ? []
          : [
              [
                key,
                key === 'limit' || key === 'within'
                  ? value
                  : String(value as string | number | boolean | readonly number[])
              ]
            ]
      )
    )
  );
  if (!parsed.success) throw new RequestInvalidError(parsed.error.issues);
  refusePast(context.view);
  const { hits, hasMore, total, ...beside } = await context.view.engine.search(context.view, parsed.data);
  const rows = await Promise.all(hits.map(({ id }) => context.loader.load('product', id)));
  const edges = hits.flatMap(({ cursor, highlights }, place) => {
    const node = rows[place];
    return node == null ? [] : [{ node, cursor, highlights }];
  });
  const searchedBy = { engine: context.view.engine.name, insteadOf: null };
  return { ...toConnection(edges, hasMore, after != null, () => Promise.resolve(total)), searchedBy, ...beside };
}
