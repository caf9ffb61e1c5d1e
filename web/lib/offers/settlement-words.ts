import type { Offer } from '#sdk/protocol/offer';
import type { Settlement } from '#sdk/protocol/settlement';
import { formatPeriod } from '../ui/period.ts';

/** When the seller is paid, in two or three words. */
export const settlementNames: Record<Settlement, string> = {
  'at-once': 'Paid at once',
  'by-second': 'Paid by the second',
  'after-events': 'Paid after delivery',
  'by-event': 'Paid by delivery'
};

export type SettlementTerms = Readonly<
  Pick<Offer, 'settlement' | 'boundary' | 'deliveryPeriod'> & {
    pricePerSecond: bigint | string;
    events: bigint | string;
  }
>;

const count = (events: bigint | string) =>
  `${BigInt(events).toLocaleString('en-GB')} event${BigInt(events) === 1n ? '' : 's'}`;

/** "hour" for 3,600 seconds, "2 hours" for 7,200: what stands after "every". */
export const everyPeriod = (seconds: number) => formatPeriod(seconds).replace(/^1 (?=\w+$)/, '');

/** What a buyer must know of when its payment becomes the seller's, in one or two sentences. */
export function settlementSentence(offer: SettlementTerms): string {
  if (BigInt(offer.pricePerSecond) === 0n) return 'It costs nothing, so there is nothing to hold and nothing to lose.';
  switch (offer.settlement) {
    case 'at-once':
      return 'The seller has the whole payment at once; nothing flows back, even if the seller ends your licence.';
    case 'by-second':
      return 'You can leave any time and get the rest back. The seller earns the payment second by second.';
    case 'after-events':
      return `The payment is held until ${count(offer.events)} came within ${formatPeriod(offer.deliveryPeriod)}; if they do not, all of it flows back. You cannot leave earlier.`;
    case 'by-event':
      return `You pay for what is delivered: every ${count(offer.events)} earn${BigInt(offer.events) === 1n ? 's' : ''} the seller the price of ${formatPeriod(offer.deliveryPeriod)}, never more than the time that has passed. You can leave at the end of every ${everyPeriod(offer.boundary)} and get the rest back.`;
  }
}
