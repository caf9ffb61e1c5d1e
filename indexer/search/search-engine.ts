import type { z } from 'zod';
import type {
  FoundProduct,
  ProductFacets,
  ProductPage,
  productQuerySchema,
  SearchEngineName,
  Suggestion
} from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import type { View } from './view.ts';

/** A search, its parameters checked. */
export type SearchQuery = z.output<typeof productQuerySchema>;

/** One product that was found. */
export interface SearchHit {
  readonly id: Hex;
  /** The page that begins after it. */
  readonly cursor: string;
  readonly highlights: FoundProduct['highlights'];
}

/** What a search found: one page, and counts of all. */
export interface SearchResult {
  readonly hits: readonly SearchHit[];
  readonly hasMore: boolean;
  readonly total: number;
  readonly facets: ProductFacets;
  /** See ProductPage. */
  readonly corrections: ProductPage['corrections'];
  readonly ignored: string[];
  /** See ProductPage; absent where the engine of the view answered as it should. */
  readonly searchedBy?: ProductPage['searchedBy'];
}

/**
 * What finds products. Everything about a product but how it is found comes from the tables, so that an engine holds
 * nothing that cannot be rebuilt. What every engine must do is in search-engine.conformance.ts.
 */
export interface SearchEngine {
  readonly name: SearchEngineName;
  /**
   * Finds products by words and filters. Typing errors are forgiven, the last word may be unfinished, synonyms are
   * found; facets count what would be found without their own filter.
   *
   * @throws {@link CursorInvalidError} for a cursor of another list.
   */
  search(view: View, query: SearchQuery): Promise<SearchResult>;
  /** What somebody who has typed so much may be about to type, the likeliest first. */
  suggest(view: View, typed: string, limit: number): Promise<Suggestion[]>;
  /** Products on sale like this one, the most alike first, without itself; none for one that is unknown. */
  similar(view: View, product: Hex, limit: number): Promise<Hex[]>;
}
