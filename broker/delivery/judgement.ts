import type { Offer } from '#sdk/protocol/offer';

/** What says when and how a deposit is judged. */
export type JudgedOffer = Pick<Offer, 'settlement' | 'boundary' | 'events' | 'deliveryPeriod'>;

/** Unix seconds of a deposit, both on the offer's boundary. */
export interface DepositRange {
  readonly since: number;
  readonly until: number;
}

/** Unix seconds: the last time at which a deposit is judged (IDeliveryEscrow). */
export function lastTimeOf(offer: JudgedOffer, { since, until }: DepositRange): number {
  return offer.settlement === 'after-events' ? since + offer.deliveryPeriod : until;
}

/**
 * The newest time at which a deposit can be judged: counts only grow, so those before it say nothing more.
 *
 * @param settled Unix seconds up to which events are counted.
 * @returns Unix seconds, on the boundary; undefined before the first boundary after `since`.
 */
export function newestTimeOf(offer: JudgedOffer, range: DepositRange, settled: number): number | undefined {
  const newest = Math.min(lastTimeOf(offer, range), Math.floor(settled / offer.boundary) * offer.boundary);
  return newest > range.since ? newest : undefined;
}

/**
 * Seconds of a deposit that are earned, as DeliveryEscrow judges it.
 *
 * @param time Unix seconds at which it is judged.
 * @param events Events of all streams between `since` and `time`.
 */
export function earnedSeconds(offer: JudgedOffer, range: DepositRange, time: number, events: bigint): number {
  const { since, until } = range;
  if (offer.settlement === 'after-events') return events < offer.events ? 0 : until - since;
  const earned = (events * BigInt(offer.deliveryPeriod)) / offer.events;
  return Math.min(Number(earned), time - since);
}
