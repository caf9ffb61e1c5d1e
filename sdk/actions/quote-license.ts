import { chargedFrom, endOnBoundary, priceOf } from '../protocol/price.ts';
import type { Offer } from '../protocol/offer.ts';

export interface QuoteLicenseParameters {
  readonly offer: Pick<Offer, 'pricePerSecond' | 'minimumPeriod' | 'maximumPeriod' | 'boundary' | 'settlement'>;
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
  /** Unix seconds from which is paid: `from`, or, settled by events, the boundary after it. */
  readonly chargedFrom: number;
  /** Unix seconds, on the offer's boundary. */
  readonly until: number;
  /**
   * Unix seconds: the last end that the seller sells now. A wanted length beyond it is quoted up to it; `until` lies
   * after it only where not even the shortest licence fits, and then the contract refuses.
   */
  readonly latest: number;
  /** Seconds paid for. */
  readonly seconds: number;
  /** DATAcoin wei, fee included; a purchase mined later costs less by the seconds that have passed. */
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
  const counted = chargedFrom(offer, renewal ? from : from + inclusion);
  const shortest = endOnBoundary(counted + Math.max(offer.minimumPeriod, 1), offer.boundary);
  const wanted = endOnBoundary(from + Math.max(Math.ceil(parameters.seconds), 1), offer.boundary);
  const latest = Math.floor((now + offer.maximumPeriod) / offer.boundary) * offer.boundary;
  const until = Math.max(shortest, Math.min(wanted, latest));
  const paidFrom = chargedFrom(offer, from);
  return { from, chargedFrom: paidFrom, until, latest, seconds: until - paidFrom, price: priceOf(offer, from, until) };
}
