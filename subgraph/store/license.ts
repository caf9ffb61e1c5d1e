import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { LicensePurchased } from '../generated/DataLicense/DataLicense';
import { License, Offer } from '../generated/schema';
import { cutDeposit, makeDeposit } from './deposit';
import { licenseId } from './id';
import { addRefund, isSettledByEvents } from './offer';

/** A licence as it is before its first purchase, within the transaction that makes it. */
function unboughtLicense(offerId: Bytes, productId: Bytes, licensee: Address): License {
  const license = new License(licenseId(offerId, licensee));
  license.offer = offerId;
  license.product = productId;
  license.licensee = licensee;
  license.from = BigInt.zero();
  license.until = BigInt.zero();
  license.publicKey = Bytes.empty();
  license.paid = BigInt.zero();
  license.refunded = BigInt.zero();
  license.spent = BigInt.zero();
  license.purchases = 0;
  license.purchasedAtBlock = BigInt.zero();
  license.purchasedAt = BigInt.zero();
  return license;
}

/** Makes the licence at its first purchase, prolongs or restarts it at each later one; returns its id. */
export function extendLicense(event: LicensePurchased): string {
  const id = licenseId(event.params.offerId, event.params.licensee);
  let license = License.load(id);
  if (license === null) {
    license = unboughtLicense(event.params.offerId, event.params.productId, event.params.licensee);
  }
  const offer = Offer.load(event.params.offerId);
  if (offer !== null && isSettledByEvents(offer)) {
    license.latestDeposit = makeDeposit(offer, license.latestDeposit, event);
  }
  // otherwise a gap lies between the ranges: the uninterrupted one starts anew
  if (!license.until.equals(event.params.from)) license.from = event.params.from;
  license.until = event.params.until;
  license.publicKey = event.params.publicKey;
  license.paid = license.paid.plus(event.params.paid);
  license.endedEarly = null;
  license.endReasonHash = null;
  license.endedEarlyAt = null;
  license.purchases += 1;
  license.purchasedAtBlock = event.block.number;
  license.purchasedAt = event.block.timestamp;
  license.save();
  return id;
}

/** Notes the attestation of the purchase that follows, maybe before the licence was ever bought. */
export function presentAttestation(offerId: Bytes, licensee: Address, attestation: Bytes): void {
  const offer = Offer.load(offerId);
  if (offer === null) return;
  let license = License.load(licenseId(offerId, licensee));
  if (license === null) license = unboughtLicense(offerId, offer.product, licensee);
  license.attestation = attestation;
  license.save();
}

/** Overwrites the key to which grants are sealed. */
export function replaceKey(offerId: Bytes, licensee: Address, publicKey: Bytes): void {
  const license = License.load(licenseId(offerId, licensee));
  if (license === null) return;
  license.publicKey = publicKey;
  license.save();
}

/** Ends the licence before its time. how: CANCELLED or REVOKED; reasonHash: null unless revoked; refund in wei. */
export function endLicense(
  offerId: Bytes,
  licensee: Address,
  until: BigInt,
  refund: BigInt,
  how: string,
  reasonHash: Bytes | null,
  block: ethereum.Block
): void {
  const license = License.load(licenseId(offerId, licensee));
  const offer = Offer.load(offerId);
  if (license === null || offer === null) return;
  let refunded = refund;
  // settled by events, the deposits that flow back whole say so themselves
  if (isSettledByEvents(offer)) refunded = cutDeposit(offer, license, until);
  license.until = until;
  license.endedEarly = how;
  license.endReasonHash = reasonHash;
  license.endedEarlyAt = block.timestamp;
  license.refunded = license.refunded.plus(refunded);
  license.save();
  addRefund(offerId, refunded);
}

/** Accounts for what the licensee spent, in wei, up to a time. */
export function settleLicense(offerId: Bytes, licensee: Address, until: BigInt, amount: BigInt): void {
  const license = License.load(licenseId(offerId, licensee));
  if (license === null) return;
  license.settledUntil = until;
  license.spent = license.spent.plus(amount);
  license.save();
}

/** Accounts for a deposit that was closed, in wei. */
export function accountDeposit(offerId: Bytes, licensee: Address, spent: BigInt, refund: BigInt): void {
  const license = License.load(licenseId(offerId, licensee));
  if (license === null) return;
  license.spent = license.spent.plus(spent);
  license.refunded = license.refunded.plus(refund);
  license.save();
}

/** Notes the licensee's latest flag. points in wei. */
export function flagLicense(
  offerId: Bytes,
  licensee: Address,
  points: BigInt,
  reasonHash: Bytes,
  block: ethereum.Block
): void {
  const license = License.load(licenseId(offerId, licensee));
  if (license === null) return;
  license.flagPoints = points;
  license.flagReasonHash = reasonHash;
  license.flaggedAt = block.timestamp;
  license.flagAnswerHash = null;
  license.save();
}

/** Notes the seller's answer to the latest flag. */
export function answerFlag(offerId: Bytes, licensee: Address, answerHash: Bytes): void {
  const license = License.load(licenseId(offerId, licensee));
  if (license === null) return;
  license.flagAnswerHash = answerHash;
  license.save();
}
