import { productQuerySchema, type ProductQuery } from '#sdk/protocol/discovery';
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

export async function load({ locals, url, setHeaders }: PageServerLoadEvent) {
  const query = queryOf(url.searchParams);
  const [found, status, river] = await Promise.all([
    findProducts(locals.market, { sort: query.q === undefined ? 'popular' : 'relevance', ...query }),
    readIndexStatus(locals.market),
    readRiver(locals.market)
  ]);
  const products = found.ok ? found.value.items : [];
  const activity = await readActivity(locals.market, products.flatMap(streamsCounted));
  setHeaders({ 'cache-control': 'private, no-cache' });
  const behind =
    status.ok && status.value.head !== null ? status.value.head.number - (status.value.indexed?.number ?? 0) : 0;
  return {
    query: { ...query, q: query.q ?? '', sort: query.sort ?? usualSort({ q: query.q ?? '' }) },
    products: products.map((product) => summarise(product, activity.ok ? activity.value : null)),
    total: found.ok ? found.value.total : 0,
    nextCursor: found.ok ? found.value.nextCursor : null,
    facets: found.ok ? nameFacets(found.value.facets) : noFacets,
    /** What the list is narrowed by, but for the words. */
    narrowed: narrowings.flatMap((parameter) => {
      const value = query[parameter];
      if (value === undefined) return [];
      const name = parameter === 'seller' || parameter === 'stream' ? shortened(value) : facetName(parameter, value);
      return [{ parameter, name }];
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
