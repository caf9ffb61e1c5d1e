import { productPageSchema } from '../protocol/discovery.ts';
import type { ProductPage, ProductQuery } from '../protocol/discovery.ts';
import type { Market } from './connect-market.ts';
import { queryUrl } from './query-url.ts';
import { requestJson } from './request.ts';

export interface SearchProductsParameters {
  readonly market: Market;
  /** Text and filters; without any, all products that are on sale. */
  readonly query?: ProductQuery;
}
export type SearchProductsReturnType = ProductPage;

/**
 * Searches the market's products. What the index answers is its word: prices and terms are checked against the chain
 * when somebody buys, and by {@link fetchProduct}.
 *
 * @throws as {@link requestJson}.
 *
 * @example
 * const { items, total, nextCursor } = await searchProducts({ market, query: { q: 'buses', free: 'false', limit: 10 } });
 */
export function searchProducts({ market, query = {} }: SearchProductsParameters): Promise<SearchProductsReturnType> {
  const url = queryUrl(`${market.marketUrl}/v1/products`, query);
  return requestJson({ fetch: market.fetch, url, schema: productPageSchema });
}
