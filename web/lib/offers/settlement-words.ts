import type { Offer } from '#sdk/protocol/offer';
import type { Settlement } from '#sdk/protocol/settlement';
import { m } from '../generated/messages/messages.js';
import { formatNumber, formatUnits } from '../ui/format.ts';
import { formatPeriod } from '../ui/period.ts';

/** When the seller is paid, in two or three words of the page's language. */
export const settlementNames: Readonly<Record<Settlement, string>> = {
  get 'at-once'() {
    return m.market_settlement_at_once();
  },
  get 'by-second'() {
    return m.market_settlement_by_second();
  },
  get 'after-events'() {
    return m.market_settlement_after_events();
  },
  get 'by-event'() {
    return m.market_settlement_by_event();
  }
};

export type SettlementTerms = Readonly<
  Pick<Offer, 'settlement' | 'boundary' | 'deliveryPeriod'> & {
    pricePerSecond: bigint | string;
    events: bigint | string;
  }
>;

/** A number of events: "1,200 events". */
export const eventCount = (events: bigint | string) =>
  m.offers_events({ count: Number(events), shown: formatNumber(BigInt(events)) });

/** "every hour" for 3,600 seconds, "every 2 hours" for 7,200, "every 250 milliseconds" for a quarter of one. */
export function everyPeriod(seconds: number): string {
  switch (seconds) {
    case 1:
      return m.offers_every_second();
    case 60:
      return m.offers_every_minute();
    case 3_600:
      return m.offers_every_hour();
    case 86_400:
      return m.offers_every_day();
    case 31_536_000:
      return m.offers_every_year();
    default:
      if (seconds < 1) return m.offers_every({ period: formatUnits(Math.round(seconds * 1000), 'millisecond') });
      return m.offers_every({ period: formatPeriod(seconds) });
  }
}

/** What a buyer must know of when its payment becomes the seller's, in one or two sentences. */
export function settlementSentence(offer: SettlementTerms): string {
  if (BigInt(offer.pricePerSecond) === 0n) return m.offers_free();
  const promised = {
    count: Number(offer.events),
    shown: formatNumber(BigInt(offer.events)),
    period: formatPeriod(offer.deliveryPeriod)
  };
  switch (offer.settlement) {
    case 'at-once':
      return m.offers_at_once();
    case 'by-second':
      return m.offers_by_second();
    case 'after-events':
      return m.offers_after_events(promised);
    case 'by-event':
      return m.offers_by_event({ ...promised, every: everyPeriod(offer.boundary) });
  }
}
