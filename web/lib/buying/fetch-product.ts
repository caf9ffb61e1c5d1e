import { requestJson } from '#sdk/actions/request';
import { productSchema, type Product } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import { loadMarket } from '../wallet/market.ts';

/**
 * A product as the index has it.
 *
 * @throws MarketUnreachableError, MarketRefusedError or AnswerInvalidError of the sdk.
 */
export async function fetchProduct(productId: Hex): Promise<Product> {
  const market = await loadMarket();
  return requestJson({
    fetch: market.fetch,
    url: `${market.marketUrl}/v1/products/${productId}`,
    schema: productSchema
  });
}
