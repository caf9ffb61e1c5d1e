import { settlementKinds, type FactRow } from '../../schema.ts';
import type { Hex } from '#sdk/protocol/primitives';
import type { FactKey, FactSet } from '../fact-set.ts';
import type { EventCalled } from '../market-logs.ts';
import { sum, type Rules } from './rule.ts';

const zeroAddress = `0x${'0'.repeat(40)}`;
const zeroBytes32 = `0x${'0'.repeat(64)}`;

interface OfferIds {
  readonly offerId: Hex;
  readonly productId: Hex;
}

/** The rows of an offer and its product. */
export const offerRows = ({ args }: { args: OfferIds }): readonly FactKey[] => [
  { fact: 'product', id: args.productId },
  { fact: 'offer', id: args.offerId }
];

/** Offers, and the products that they are versions of. */
export const offerRules: Rules<'OfferListed' | 'OfferDescribed' | 'OfferRetired' | 'Withdrawn'> = {
  OfferListed: { rows: offerRows, apply: listOffer },
  OfferDescribed: {
    rows: offerRows,
    apply: (facts, { args, block }) => changeOffer(facts, block, args, { documentHash: args.documentHash })
  },
  OfferRetired: {
    rows: offerRows,
    apply: (facts, { args, block, timestamp }) =>
      changeOffer(facts, block, args, { listed: false, retiredAt: timestamp })
  },
  Withdrawn: {
    rows: ({ args }) => [{ fact: 'offer', id: args.offerId }],
    apply: (facts, { args: { offerId, amount, fee }, block }) => payOut(facts, offerId, amount, fee, block)
  }
};

/** Adds to what was paid out of held money. */
export function payOut(facts: FactSet, offerId: Hex, amount: bigint, fee: bigint, block: number): boolean {
  const offer = facts.get('offer', offerId);
  if (offer === undefined) return false;
  const change = { withdrawn: sum(offer.withdrawn, amount), fees: sum(offer.fees, fee) };
  facts.put('offer', { ...offer, ...change }, block);
  return true;
}

function listOffer(facts: FactSet, event: EventCalled<'OfferListed'>): boolean {
  const { offerId, productId, seller, offer, position, documentHash } = event.args;
  const settlement = settlementKinds[offer.settlement];
  if (settlement === undefined) return false;
  const streams = [...offer.streams];
  const productNumber = offer.productNumber.toString();
  const pricePerSecond = offer.pricePerSecond.toString();
  const { block, timestamp } = event;
  facts.put(
    'offer',
    {
      id: offerId,
      product: productId,
      seller,
      productNumber,
      beneficiary: offer.beneficiary,
      pricePerSecond,
      minimumPeriod: offer.minimumPeriod,
      maximumPeriod: offer.maximumPeriod,
      boundary: offer.boundary,
      feeBasisPoints: offer.feeBasisPoints,
      settlement,
      oracle: offer.oracle === zeroAddress ? null : offer.oracle,
      events: offer.events.toString(),
      deliveryPeriod: offer.deliveryPeriod,
      attestationSchema: offer.attestationSchema === zeroBytes32 ? null : offer.attestationSchema,
      attesters: [...offer.attesters],
      termsHash: offer.termsHash,
      streams,
      position: Number(position),
      documentHash,
      listed: true,
      listedAtBlock: block,
      listedAt: timestamp,
      retiredAt: null,
      revenue: '0',
      refunded: '0',
      withdrawn: '0',
      fees: '0'
    },
    block
  );
  const known = facts.get('product', productId) ?? {
    id: productId,
    seller,
    number: productNumber,
    createdAtBlock: block,
    createdAt: timestamp,
    purchases: 0,
    revenue: '0'
  };
  facts.put('product', { ...known, currentOffer: offerId, listed: true, pricePerSecond, streams, documentHash }, block);
  return true;
}

function changeOffer(
  facts: FactSet,
  block: number,
  { offerId, productId }: OfferIds,
  change: Partial<Pick<FactRow<'offer'>, 'documentHash' | 'listed' | 'retiredAt'>>
): boolean {
  const offer = facts.get('offer', offerId);
  const product = facts.get('product', productId);
  if (offer === undefined || product === undefined) return false;
  facts.put('offer', { ...offer, ...change }, block);
  if (product.currentOffer === offerId) {
    const { documentHash = product.documentHash, listed = product.listed } = change;
    facts.put('product', { ...product, documentHash, listed }, block);
  }
  return true;
}
