import type { Hex } from '#sdk/protocol/primitives';
import type { MarketEvent } from './market-logs.ts';

/** Events that a contract emits right after it gave the seller its karma, and not before. */
const afterwards = new Set<MarketEvent['eventName']>(['Withdrawn', 'DeliveryReleased', 'DepositReleased']);

/**
 * Names, for every change of karma, the offer through which it came. Karma's own events do not say: but the contracts
 * that give and take it emit an event of the offer in the same call. Where a seller is paid out of what was held, that
 * follows (SecondSettlement, DeliveryEscrow); everywhere else it comes before (Purchases, SecondSettlement for the
 * licensee, DeliveryEscrow for the licensee, Flags).
 *
 * @param events In the order of the chain.
 */
export function nameOffersOfKarma(events: readonly MarketEvent[]): MarketEvent[] {
  let before: { readonly transactionHash: Hex; readonly offer: Hex } | null = null;
  return events.map((event, index) => {
    const offer = offerOf(event);
    if (offer !== undefined) before = { transactionHash: event.transactionHash, offer };
    if (event.eventName !== 'KarmaEarned' && event.eventName !== 'KarmaTaken') return event;
    const next = events[index + 1];
    if (next?.transactionHash === event.transactionHash && afterwards.has(next.eventName)) {
      const through = offerOf(next);
      if (through !== undefined) return { ...event, through };
    }
    return before?.transactionHash === event.transactionHash ? { ...event, through: before.offer } : event;
  });
}

function offerOf({ args }: MarketEvent): Hex | undefined {
  return 'offerId' in args ? args.offerId : undefined;
}
