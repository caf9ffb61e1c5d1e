import { Address, BigInt, Bytes, ethereum, log } from '@graphprotocol/graph-ts';
import { OfferListedOfferStruct } from '../generated/DataLicense/DataLicense';
import { Offer } from '../generated/schema';

/** Names in the order of IOffers.Settlement. */
const settlements: string[] = ['AT_ONCE', 'BY_SECOND', 'AFTER_EVENTS', 'BY_EVENT'];

/** Makes the offer as it was listed; says whether it could. */
export function createOffer(
  offerId: Bytes,
  productId: Bytes,
  terms: OfferListedOfferStruct,
  position: BigInt,
  documentHash: Bytes,
  block: ethereum.Block
): boolean {
  if (terms.settlement < 0 || terms.settlement >= settlements.length) {
    log.error('Offer {} has settlement {}, which schema.graphql does not know', [
      offerId.toHexString(),
      terms.settlement.toString()
    ]);
    return false;
  }
  const offer = new Offer(offerId);
  offer.product = productId;
  offer.seller = terms.seller;
  offer.productNumber = terms.productNumber;
  offer.beneficiary = terms.beneficiary;
  offer.pricePerSecond = terms.pricePerSecond;
  offer.minimumPeriod = terms.minimumPeriod;
  offer.maximumPeriod = terms.maximumPeriod;
  offer.boundary = terms.boundary;
  offer.feeBasisPoints = terms.feeBasisPoints;
  offer.settlement = settlements[terms.settlement];
  if (terms.oracle.equals(Address.zero())) offer.oracle = null;
  else offer.oracle = terms.oracle;
  offer.events = terms.events;
  offer.deliveryPeriod = terms.deliveryPeriod;
  if (isZero(terms.attestationSchema)) offer.attestationSchema = null;
  else offer.attestationSchema = terms.attestationSchema;
  const attesters: Bytes[] = [];
  for (let index = 0; index < terms.attesters.length; index += 1) attesters.push(terms.attesters[index]);
  offer.attesters = attesters;
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
  offer.refunded = BigInt.zero();
  offer.withdrawn = BigInt.zero();
  offer.fees = BigInt.zero();
  offer.save();
  return true;
}

function isZero(bytes: Bytes): boolean {
  for (let index = 0; index < bytes.length; index += 1) {
    if (bytes[index] != 0) return false;
  }
  return true;
}

/** Whether the escrow holds the offer's payments. */
export function isSettledByEvents(offer: Offer): boolean {
  return offer.settlement == 'AFTER_EVENTS' || offer.settlement == 'BY_EVENT';
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

/** Adds what a purchase paid, in wei, and what of it went to the treasury at once. */
export function addRevenue(offerId: Bytes, paid: BigInt): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  offer.revenue = offer.revenue.plus(paid);
  if (offer.settlement == 'AT_ONCE') {
    const whole = BigInt.fromI32(10000);
    const fee = paid
      .times(BigInt.fromI32(offer.feeBasisPoints))
      .plus(whole.minus(BigInt.fromI32(1)))
      .div(whole);
    offer.fees = offer.fees.plus(fee);
  }
  offer.save();
}

/** Adds what flowed back to a licensee, in wei. */
export function addRefund(offerId: Bytes, refund: BigInt): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  offer.refunded = offer.refunded.plus(refund);
  offer.save();
}

/** Adds what was paid out of held money, in wei, fee included. */
export function addPayout(offerId: Bytes, amount: BigInt, fee: BigInt): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  offer.withdrawn = offer.withdrawn.plus(amount);
  offer.fees = offer.fees.plus(fee);
  offer.save();
}
