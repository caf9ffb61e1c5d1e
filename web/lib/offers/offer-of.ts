import type { OfferRecord } from '#sdk/protocol/discovery';
import type { Offer } from '#sdk/protocol/offer';

/** An offer of the index as the contract takes it. */
export function offerOf(record: OfferRecord): Offer {
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
