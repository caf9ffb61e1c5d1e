import type { OfferRecord } from './discovery.ts';
import type { Offer } from './offer.ts';

/** An offer of the index as the contract takes it. Its id tells whether the index said the truth (offerIdOf). */
export function offerOfRecord(record: OfferRecord): Offer {
  return {
    seller: record.seller,
    productNumber: BigInt(record.productNumber),
    beneficiary: record.beneficiary,
    pricePerSecond: BigInt(record.pricePerSecond),
    minimumPeriod: record.minimumPeriod,
    maximumPeriod: record.maximumPeriod,
    boundary: record.boundary,
    feeBasisPoints: record.feeBasisPoints,
    settlement: record.settlement,
    oracle: record.oracle,
    events: BigInt(record.events),
    deliveryPeriod: record.deliveryPeriod,
    attestationSchema: record.attestationSchema,
    termsHash: record.termsHash,
    attesters: record.attesters,
    streams: record.streams
  };
}
