import { z } from 'zod';
import type { Facet, ProductFacets } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { encodeCursor } from './cursor.ts';
import { cellTest, countFacet, type CellFilter } from './postgres/cells.ts';
import type { SearchQuery, SearchResult } from './search-engine.ts';

/** What a search found, by rows or in memory, before it is said. */

export const countsSchema = z.array(z.tuple([z.int(), z.int(), z.coerce.number().int()]));
const facetRowsSchema = z.array(z.tuple([z.string(), z.coerce.number().int()]));
const placesSchema = z.array(z.object({ id: z.string(), keys: z.array(z.string()).readonly() }));
/** Products by cell and by the facets of several values that they miss; a page; and values with their products. */
export const foundSchema = z.object({
  counts: countsSchema.nullable(),
  page: placesSchema.nullable(),
  tag: facetRowsSchema.nullable(),
  region: facetRowsSchema.nullable(),
  language: facetRowsSchema.nullable()
});
export type Found = z.output<typeof foundSchema>;

const noFacets: ProductFacets = {
  ...{ category: [], free: [], tag: [], price: [], settlement: [], verified: [], live: [], rate: [] },
  ...{ region: [], language: [] }
};
/** What a query finds of which nothing is known. */
export const nothing: SearchResult = {
  hits: [],
  hasMore: false,
  total: 0,
  facets: noFacets,
  corrections: [],
  ignored: []
};

/** Facets of one value, as they have to be. */
export function cellFilterOf(query: SearchQuery): CellFilter {
  const { category, free, price, settlement, verified, live, rate, retired } = query;
  const wanted = { category, free, price, settlement, verified, live, rate };
  const filter = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined)) as CellFilter;
  return retired === 'true' ? filter : { ...filter, listed: 'true' };
}

/** What was found -> what is said of it. */
export function toResult(query: SearchQuery, found: Found): SearchResult {
  const filter = cellFilterOf(query);
  const counts = (found.counts ?? []).filter(([, miss]) => miss === 0).map(([cell, , count]) => ({ cell, count }));
  const meets = cellTest(filter);
  const total = counts.reduce((sum, { cell, count }) => sum + (meets(cell) ? count : 0), 0);
  const cellFacet = (facet: 'category' | 'free' | 'price' | 'settlement' | 'verified' | 'live' | 'rate') =>
    countFacet(facet, counts, filter);
  const listFacet = (facet: 'tag' | 'region' | 'language'): Facet[] =>
    (found[facet] ?? []).map(([value, count]) => ({ value, count }));
  const rows = found.page ?? [];
  return {
    hits: rows
      .slice(0, query.limit)
      .map((place) => ({ id: place.id as Hex, cursor: encodeCursor(place), highlights: null })),
    hasMore: rows.length > query.limit,
    total,
    facets: {
      category: cellFacet('category'),
      free: cellFacet('free'),
      tag: listFacet('tag'),
      price: cellFacet('price'),
      settlement: cellFacet('settlement'),
      verified: cellFacet('verified'),
      live: cellFacet('live'),
      rate: cellFacet('rate'),
      region: listFacet('region'),
      language: listFacet('language')
    },
    corrections: [],
    ignored: []
  };
}
