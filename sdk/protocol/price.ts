import { OfferInvalidError } from './offer.ts';
import type { Offer } from './offer.ts';
import { isSettledByEvents } from './settlement.ts';

/**
 * The first possible end of a licence that shall run at least until `earliest`.
 *
 * @param earliest - Unix time in seconds.
 * @param boundary - The offer's boundary in seconds.
 * @returns Unix time in seconds: the smallest multiple of the boundary that is not before `earliest`.
 * @throws {@link OfferInvalidError} where the boundary is no positive whole number.
 */
export function endOnBoundary(earliest: number, boundary: number): number {
  if (!Number.isSafeInteger(boundary) || boundary < 1) {
    throw new OfferInvalidError('Give the boundary as a whole number of seconds, 1 or more.');
  }
  return Math.ceil(earliest / boundary) * boundary;
}

/**
 * The time from which a purchase is charged: where it starts, or, settled by events, the first boundary after that,
 * since events are counted between boundaries. What lies before is free.
 *
 * @param from - Unix seconds at which the added range starts: now, or the end of the running licence.
 * @returns Unix seconds.
 */
export function chargedFrom(offer: Pick<Offer, 'settlement' | 'boundary'>, from: number): number {
  return isSettledByEvents(offer.settlement) ? endOnBoundary(from, offer.boundary) : from;
}

/**
 * What a purchase costs, fee included: the price of exactly the seconds from {@link chargedFrom} on.
 *
 * @param from - Unix seconds at which the added range starts: now, or the end of the running licence.
 * @param until - Unix seconds at which the licence shall end.
 * @returns DATAcoin wei.
 * @throws {@link OfferInvalidError} where the range runs backwards or its bounds are no whole seconds.
 */
export function priceOf(
  offer: Pick<Offer, 'pricePerSecond' | 'settlement' | 'boundary'>,
  from: number,
  until: number
): bigint {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(until) || until < from) {
    throw new OfferInvalidError('Give start and end in whole seconds, the end not before the start.');
  }
  return offer.pricePerSecond * BigInt(Math.max(0, until - chargedFrom(offer, from)));
}

/**
 * The part of a payment that goes to the treasury, rounded up: no payment is too small for it.
 *
 * @param gross - DATAcoin wei.
 * @param feeBasisPoints - Hundredths of a per cent, 0 to 10,000.
 * @returns DATAcoin wei, at most `gross`.
 */
export function feeOf(gross: bigint, feeBasisPoints: number): bigint {
  return (gross * BigInt(feeBasisPoints) + 9_999n) / 10_000n;
}

export interface RefundQuote {
  /** Unix seconds at which the licence ends when its holder leaves at the given time. */
  readonly until: number;
  /**
   * DATAcoin wei that flow back then. By event, more may follow later: what was paid for the time before and not
   * earned, once the counts are known.
   */
  readonly refund: bigint;
}

/**
 * What leaving a running licence gives back, by the second; undefined where its holder cannot leave: nothing is held
 * (settled at once) or it is locked (after events), or the licence does not run.
 *
 * Settled by event, a licence ends at the next boundary, yet not before it has kept the minimum that a purchase adds,
 * counted from the first boundary after its start.
 *
 * @param license - Start and end, Unix seconds, of the uninterrupted licence, as the contract's licenseOf gives them.
 * @param at - Unix seconds at which its holder leaves.
 */
export function refundQuote(
  offer: Pick<Offer, 'pricePerSecond' | 'settlement' | 'boundary' | 'minimumPeriod'>,
  license: { readonly from: number; readonly until: number },
  at: number
): RefundQuote | undefined {
  const { settlement, boundary } = offer;
  const { until } = license;
  if (until <= at || (settlement !== 'by-second' && settlement !== 'by-event')) return undefined;
  const kept = endOnBoundary(license.from, boundary) + endOnBoundary(offer.minimumPeriod, boundary);
  const earliest = settlement === 'by-second' ? at : Math.max(kept, endOnBoundary(at, boundary));
  const end = Math.min(until, earliest);
  return { until: end, refund: offer.pricePerSecond * BigInt(until - end) };
}
