import { nothing } from './found.ts';
import { highlightsOf } from './postgres/highlight.ts';
import type { MarketSize } from './postgres/market-size.ts';
import { readText, type Term } from './postgres/text-query.ts';
import type { SearchQuery, SearchResult } from './search-engine.ts';
import type { View } from './view.ts';

/** What the words of a query mean. */
export interface WordsRead {
  readonly terms: readonly Term[];
  /** Those that products must have. */
  readonly required: readonly Term[];
}

/**
 * Finds products by words: reads them, gives up the commonest while nothing has all of them, and marks what matches.
 *
 * @param find Finds products that have the required words; null where there is none, whatever the facets.
 */
export async function searchByWords(
  view: View,
  query: SearchQuery,
  size: MarketSize,
  find: (read: WordsRead) => Promise<SearchResult | null>
): Promise<SearchResult> {
  const { terms, corrections, unknown } = await readText(view.database, query.q, size.products);
  if (terms.length === 0) return { ...nothing, corrections, ignored: unknown };
  let required = terms.filter((term) => term.required);
  if (required.length === 0) required = [...terms];
  const ignored = [...unknown];
  let found = await find({ terms, required });
  // the commonest word is given up first: it says the least
  while (found === null && required.length > 1) {
    const commonest = required.reduce((one, other) => (other.weight < one.weight ? other : one));
    required = required.filter((term) => term !== commonest);
    ignored.push(...commonest.words);
    found = await find({ terms, required });
  }
  if (found === null) return { ...nothing, corrections, ignored };
  const highlights = await highlightsOf(
    view.database,
    found.hits.map(({ id }) => id),
    terms.map(({ exact, wide, found: matching }) => `${exact} | ${wide} | ${matching}`).join(' | ')
  );
  return {
    ...found,
    ...{ corrections, ignored },
    hits: found.hits.map((hit) => ({ ...hit, highlights: highlights.get(hit.id) ?? null }))
  };
}
