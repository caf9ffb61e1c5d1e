import { productSchema } from '../protocol/discovery.ts';
import type { Product } from '../protocol/discovery.ts';
import { offerOfRecord } from '../protocol/offer-of-record.ts';
import { offerIdOf, productIdOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { AnswerInvalidError } from './market-errors.ts';
import { requestJson } from './request.ts';

export interface FetchProductParameters {
  readonly market: Market;
  readonly productId: Hex;
}
export interface FetchProductReturnType {
  /** As the index has it. */
  readonly product: Product;
  /** The offer as contracts take it, for quoteLicense and buyLicense. */
  readonly offer: Offer;
  /** Where the offer stands among those of its first stream. */
  readonly position: number;
}

/**
 * Fetches a product with its offer. The offer is held against its id and the product's: an index cannot pass off another
 * one. Whether it is on sale only the chain knows; buying asks it.
 *
 * @throws {@link MarketRefusedError} (404) where there is no such product, {@link AnswerInvalidError} where the offer is
 * not that of the product, and as {@link requestJson}.
 *
 * @example
 * const { offer, position } = await fetchProduct({ market, productId });
 */
export async function fetchProduct({ market, productId }: FetchProductParameters): Promise<FetchProductReturnType> {
  const url = `${market.marketUrl}/v1/products/${productId}`;
  const product = await requestJson({ fetch: market.fetch, url, schema: productSchema });
  const offer = offerOfRecord(product.offer);
  const { offerId, position } = product.offer;
  if (productIdOf(offer.seller, offer.productNumber) !== productId) {
    throw new AnswerInvalidError(url, 'an offer of another product');
  }
  if (offerIdOf(offer) !== offerId) throw new AnswerInvalidError(url, 'an offer that is not the one of its id');
  return { product, offer, position };
}
