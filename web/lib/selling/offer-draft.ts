import { zeroAddress, zeroHash } from 'viem';
import type { Offer } from '#sdk/protocol/offer';
import { isSettledByEvents } from '#sdk/protocol/settlement';
import { decimalMark } from '../ui/format.ts';
import { plainDatacoin } from '../ui/money.ts';
import { emptyDraft, type Draft } from './draft.ts';
import type { SellRules } from './offer-terms.ts';

/** What a draft says besides the offer itself. */
export interface OfferContext {
  /** The terms of use that the offer names by hash. */
  readonly terms: string;
  /** Seconds. */
  readonly slotDuration: number;
  /** Everyone may read a stream of it. */
  readonly publicRead: boolean;
}

/** The selling form's fields, filled in with an offer, so that what is not changed stays to the wei. */
export function draftOfOffer(offer: Offer, context: OfferContext, rules: SellRules): Draft {
  const free = offer.pricePerSecond === 0n;
  const byEvents = isSettledByEvents(offer.settlement);
  const ownOracle = offer.oracle !== zeroAddress && offer.oracle !== rules.contracts.DeliveryOracle;
  return {
    ...emptyDraft,
    streamMode: 'existing',
    streamAddress: offer.streams[0] ?? '',
    slotDuration: context.slotDuration,
    access: context.publicRead ? 'public' : 'licensed',
    terms: context.terms,
    free,
    amount: free ? '' : plainDatacoin(offer.pricePerSecond * 3600n).replace('.', decimalMark()),
    per: 'hour',
    boundary: offer.boundary,
    minimumPeriod: offer.minimumPeriod,
    maximumPeriod: offer.maximumPeriod,
    settlement: offer.settlement,
    ...(byEvents ? { events: String(offer.events), deliveryPeriod: offer.deliveryPeriod } : {}),
    oracle: ownOracle ? offer.oracle : '',
    ...(offer.attestationSchema === zeroHash
      ? {}
      : { demand: 'other' as const, schema: offer.attestationSchema, attesters: offer.attesters.join('\n') })
  };
}
