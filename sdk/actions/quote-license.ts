import { endOnBoundary, priceOf } from '../protocol/offer.ts';
import type { Offer } from '../protocol/offer.ts';

export interface QuoteLicenseParameters {
  readonly offer: Pick<Offer, 'pricePerSecond' | 'minimumPeriod' | 'boundary'>;
  /** Wanted length in seconds. */
  readonly seconds: number;
  /** Unix seconds: time of the chain's newest block, or the clock where the chain was not asked. */
  readonly now: number;
  /** Unix seconds at which the buyer's licence ends; 0 where there is none. */
  readonly runningUntil?: number;
  /** Seconds until the purchase is in a block; it must then still add the minimum period. */
  readonly inclusion?: number;
}
export interface QuoteLicenseReturnType {
  /** Unix seconds: now, or the end of the running licence. */
  readonly from: number;
  /** Unix seconds, on the offer's boundary. */
  readonly until: number;
  /** Seconds paid for. */
  readonly seconds: number;
  /** DATAcoin wei; a purchase mined later costs less by the seconds that have passed. */
  readonly price: bigint;
}

/**
 * What a licence of at least the wanted length costs and when it ends.
 *
 * @example
 * const { until, price } = quoteLicense({ offer, seconds: 3600, now });
 */
export function quoteLicense(parameters: QuoteLicenseParameters): QuoteLicenseReturnType {
  const { offer, now, runningUntil = 0, inclusion = 30 } = parameters;
  const renewal = runningUntil > now;
  const from = renewal ? runningUntil : now;
  // A renewal starts at a fixed end; a first purchase starts when it is mined, and may not fall short by then.
  const least = offer.minimumPeriod + (renewal ? 0 : inclusion);
  const until = endOnBoundary(from + Math.max(Math.ceil(parameters.seconds), least, 1), offer.boundary);
  return { from, until, seconds: until - from, price: priceOf(offer.pricePerSecond, from, until) };
}
