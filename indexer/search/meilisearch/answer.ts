import { z } from 'zod';
import type { Facet, ProductFacets } from '#sdk/protocol/discovery';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { encodeCursor } from '../cursor.ts';
import type { SearchQuery, SearchResult } from '../search-engine.ts';
import { MeilisearchUnavailableError, type MeilisearchFound } from './client.ts';
import { isRanked, sortKeys, type MeilisearchRequest } from './query.ts';
import { facets } from './settings.ts';

/** Meilisearch's answers -> what was found. */

const digits = z.string().regex(/^[0-9]{1,80}$/);
const rankedHitSchema = z.object({ id: bytes32Schema });
const sortedHitSchema = rankedHitSchema.extend({
  ...{ wei: digits, karma: digits },
  ...{ purchases: z.int(), created: z.int(), busy: z.int(), quality: z.int() }
});

/**
 * @param found Answers to the queries of the request.
 * @throws {@link MeilisearchUnavailableError} when it is not what was asked for.
 */
export function toResult(
  query: SearchQuery,
  { counts, offset }: Pick<MeilisearchRequest, 'counts' | 'offset'>,
  found: readonly MeilisearchFound[]
): SearchResult {
  const hits = hitsOf(query, found[0]?.hits ?? [], offset);
  const countsOf = (facet: keyof typeof counts): Facet[] => {
    const distribution = found[counts[facet]]?.facetDistribution?.[facet] ?? {};
    return Object.entries(distribution)
      .map(([value, count]) => ({ value, count }))
      .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
  };
  return {
    hits: hits.slice(0, query.limit),
    hasMore: hits.length > query.limit,
    // every product is on sale or is not; numbers of hits are estimates, those of facets are not
    total: countsOf('listed').reduce((sum, { count }) => sum + count, 0),
    facets: Object.fromEntries(
      [...facets.single, ...facets.several].map((facet) => [facet, countsOf(facet)])
    ) as unknown as ProductFacets,
    corrections: [],
    ignored: []
  };
}

function hitsOf(query: SearchQuery, hits: readonly unknown[], offset: number): SearchResult['hits'] {
  const hit = <Hit>(schema: z.ZodType<Hit>, value: unknown): Hit => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    throw new MeilisearchUnavailableError('A product that Meilisearch found is not as it was put there.', {
      cause: parsed.error
    });
  };
  if (isRanked(query)) {
    return hits.map((value, number) => {
      const { id } = hit(rankedHitSchema, value);
      return { id, cursor: encodeCursor({ keys: [String(offset + number + 1)], id }), highlights: null };
    });
  }
  const keys = sortKeys(query.sort);
  return hits.map((value) => {
    const read = hit(sortedHitSchema, value);
    const place = keys.map((key) => (key === '-wei' ? negative(read.wei) : String(read[key])));
    return { id: read.id, cursor: encodeCursor({ keys: place, id: read.id }), highlights: null };
  });
}

function negative(digits: string): string {
  return /^0+$/.test(digits) ? '0' : `-${digits}`;
}
