import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
import { areaName, nearName, everywhere } from '$lib/market/area-names.ts';
import { facetName, nameFacets, noFacets } from '$lib/market/facet-names.ts';
import { summarise, streamsCounted } from '$lib/market/product-card.ts';
import { readActivity } from '$lib/server/broker-service.ts';
import { findProducts, readIndexStatus } from '$lib/server/index-service.ts';
import { readRiver } from '$lib/server/river.ts';
import type { PageServerLoadEvent } from './$types';
import { narrowings, usualSort } from './market-address.ts';

/** Query of the address line; what is not understood counts as absent, so that no old link ends in an error. */
function queryOf(parameters: URLSearchParams): ProductQuery {
  const query: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(productQuerySchema.shape)) {
    const given = parameters.get(key);
    if (given !== null && given !== '' && schema.safeParse(given).success) query[key] = given;
  }
  return query;
}

const shortened = (address: string) => `${address.slice(0, 8)}…${address.slice(-4)}`;

/** Products on one map. */
const mapped = 100;

function narrowingName(parameter: (typeof narrowings)[number], value: string, query: ProductQuery): string {
  if (parameter === 'seller' || parameter === 'stream') return shortened(value);
  if (parameter === 'bbox') return areaName(value);
  if (parameter === 'near') return nearName(value, query.within);
  return facetName(parameter, value);
}

export async function load({ locals, url, setHeaders }: PageServerLoadEvent) {
  const query = queryOf(url.searchParams);
  const onMap = url.searchParams.get('view') === 'map';
  // What has no place cannot be on a map.
  const placed = onMap ? { limit: mapped, ...(query.near === undefined ? { bbox: everywhere } : {}) } : {};
  const [found, status, river] = await Promise.all([
    findProducts(locals.market, { sort: query.q === undefined ? 'popular' : 'relevance', ...placed, ...query }),
    readIndexStatus(locals.market),
    readRiver(locals.market)
  ]);
  const products = found.ok ? found.value.items : [];
  const activity = await readActivity(locals.market, products.flatMap(streamsCounted));
  setHeaders({ 'cache-control': 'private, no-cache' });
  const behind =
    status.ok && status.value.head !== null ? status.value.head.number - (status.value.indexed?.number ?? 0) : 0;
  return {
    query: {
      ...query,
      within: query.within === undefined ? undefined : (url.searchParams.get('within') ?? undefined),
      q: query.q ?? '',
      sort: query.sort ?? usualSort({ q: query.q ?? '' }),
      view: onMap ? ('map' as const) : undefined
    },
    products: products.map((product) => summarise(product, activity.ok ? activity.value : null)),
    /** Of each product on the map. */
    places: onMap
      ? products.map(({ productId, document }) => ({ productId, places: document?.coverage?.places ?? [] }))
      : [],
    total: found.ok ? found.value.total : 0,
    nextCursor: found.ok ? found.value.nextCursor : null,
    facets: found.ok ? nameFacets(found.value.facets) : noFacets,
    /** What the list is narrowed by, but for the words. */
    narrowed: narrowings.flatMap((parameter) => {
      const value = query[parameter];
      if (value === undefined) return [];
      return [{ parameter, name: narrowingName(parameter, value, query) }];
    }),
    corrections: found.ok ? found.value.corrections : [],
    ignored: found.ok ? found.value.ignored : [],
    river,
    now: Date.now(),
    /** What does not work, in words; null where it does. */
    failures: {
      index: found.ok ? null : found.reason,
      broker: activity.ok ? null : activity.reason,
      blocksBehind: behind > 5 ? behind : 0
    }
  };
}
