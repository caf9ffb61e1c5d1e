import type { Offer } from '#sdk/protocol/offer';

/** Seconds after the last judgement in which the oracle can still report; then the rest belongs to the licensee. */
export const reportingTime = 7 * 86_400;

type Terms = Pick<Offer, 'settlement' | 'deliveryPeriod'>;

/** Unix seconds of the last time at which the delivery of a deposit is judged; see IDeliveryEscrow. */
export function lastJudgement(offer: Terms, deposit: { readonly since: number; readonly until: number }): number {
  return offer.settlement === 'after-events' ? deposit.since + offer.deliveryPeriod : deposit.until;
}

/**
 * How far a deposit is at a time, Unix seconds: it runs; it waits for the oracle's counts; or the oracle's time is over
 * and it can be closed whatever was delivered.
 */
export function depositState(
  offer: Terms,
  deposit: { readonly since: number; readonly until: number },
  now: number
): 'running' | 'to-judge' | 'overdue' {
  const last = lastJudgement(offer, deposit);
  if (now < last) return 'running';
  return now < last + reportingTime ? 'to-judge' : 'overdue';
}

/**
 * The latest time at which the delivery of a deposit can be judged now: a boundary after its start that has come.
 *
 * @param now Unix seconds.
 * @returns Unix seconds; null where none has come yet.
 */
export function nextJudgement(
  offer: Terms & Pick<Offer, 'boundary'>,
  deposit: { readonly since: number; readonly until: number },
  now: number
): number | null {
  const time = Math.floor(Math.min(now, lastJudgement(offer, deposit)) / offer.boundary) * offer.boundary;
  return time > deposit.since ? time : null;
}
