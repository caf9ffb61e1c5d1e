import { BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { OfferListedOfferStruct } from '../generated/DataLicense/DataLicense';
import { Offer } from '../generated/schema';

/** Makes the offer as it was listed. */
export function createOffer(
  offerId: Bytes,
  productId: Bytes,
  terms: OfferListedOfferStruct,
  position: BigInt,
  documentHash: Bytes,
  block: ethereum.Block
): void {
  const offer = new Offer(offerId);
  offer.product = productId;
  offer.seller = terms.seller;
  offer.productNumber = terms.productNumber;
  offer.beneficiary = terms.beneficiary;
  offer.pricePerSecond = terms.pricePerSecond;
  offer.minimumPeriod = terms.minimumPeriod;
  offer.boundary = terms.boundary;
  offer.termsHash = terms.termsHash;
  const streams: Bytes[] = [];
  for (let index = 0; index < terms.streams.length; index += 1) streams.push(terms.streams[index]);
  offer.streams = streams;
  offer.position = position;
  offer.documentHash = documentHash;
  offer.document = documentHash;
  offer.listed = true;
  offer.listedAtBlock = block.number;
  offer.listedAt = block.timestamp;
  offer.retiredAt = null;
  offer.revenue = BigInt.zero();
  offer.save();
}

/** Replaces the hash of the product document. */
export function describeOffer(offerId: Bytes, documentHash: Bytes): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  offer.documentHash = documentHash;
  offer.document = documentHash;
  offer.save();
}

/** Ends the sale. timestamp in Unix seconds. */
export function retireOffer(offerId: Bytes, timestamp: BigInt): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  offer.listed = false;
  offer.retiredAt = timestamp;
  offer.save();
}

/** Adds what a purchase paid, in wei. */
export function addRevenue(offerId: Bytes, paid: BigInt): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  offer.revenue = offer.revenue.plus(paid);
  offer.save();
}
