import type { Product } from '../protocol/discovery.ts';
import type { Offer } from '../protocol/offer.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import { OfferRetiredError } from './chain-errors.ts';
import type { LicensePeriod } from './check-purchase.ts';
import type { Market } from './connect-market.ts';
import { fetchProduct } from './fetch-product.ts';
import { quoteLicense } from './quote-license.ts';
import type { QuoteLicenseReturnType } from './quote-license.ts';
import { readBlockTime } from './read-block-time.ts';
import { readLicense } from './read-license.ts';

export interface QuoteProductParameters {
  readonly market: Market;
  readonly productId: Hex;
  readonly period: LicensePeriod;
  /** Who would buy: a licence that runs is prolonged. */
  readonly account?: Address;
}
export interface QuoteProductReturnType extends QuoteLicenseReturnType {
  readonly product: Product;
  readonly offer: Offer;
  readonly offerId: Hex;
  readonly position: number;
  /** Unix seconds: time of the newest block. */
  readonly now: number;
  /** Unix seconds: end of the account's running licence; 0 where none runs. */
  readonly runningUntil: number;
}

/**
 * What a licence to a product costs now and when it ends, by the chain's own time and the account's own licence.
 *
 * @param parameters.period - An end that lies before the shortest licence is quoted as that one.
 * @throws {@link OfferRetiredError} where it is no longer on sale, and as {@link fetchProduct} and {@link readLicense}.
 *
 * @example
 * const { until, price, offer, position } = await quoteProduct({ market, productId, period: { seconds: 3600 } });
 */
export async function quoteProduct(parameters: QuoteProductParameters): Promise<QuoteProductReturnType> {
  const { market, productId, period, account } = parameters;
  const { product, offer, position } = await fetchProduct({ market, productId });
  const { offerId, listed } = product.offer;
  if (!listed) throw new OfferRetiredError(offerId);
  const license =
    account === undefined
      ? { until: 0, now: await readBlockTime({ market }) }
      : await readLicense({ market, offerId, account });
  const from = Math.max(license.now, license.until);
  const seconds = 'until' in period ? Math.max(1, period.until - from) : period.seconds;
  const quote = quoteLicense({ offer, seconds, now: license.now, runningUntil: license.until });
  const runningUntil = license.until > license.now ? license.until : 0;
  return { ...quote, product, offer, offerId, position, now: license.now, runningUntil };
}
