import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { LicensePurchased } from '../generated/DataLicense/DataLicense';
import { Deposit, License, Offer } from '../generated/schema';
import { joinCohort, leaveCohort } from './cohort';
import { depositId, licenseId } from './id';

/** Makes the deposit of a purchase, in its cohort; returns its id. previous: the licence's latest one before. */
export function makeDeposit(offer: Offer, previous: string | null, event: LicensePurchased): string {
  // the next multiple of the boundary: from there on seconds are charged
  const since = event.params.from
    .plus(offer.boundary)
    .minus(BigInt.fromI32(1))
    .div(offer.boundary)
    .times(offer.boundary);
  const id = depositId(event.params.offerId, event.params.licensee, since);
  const deposit = new Deposit(id);
  deposit.offer = event.params.offerId;
  deposit.license = licenseId(event.params.offerId, event.params.licensee);
  deposit.cohort = joinCohort(event.params.offerId, since, event.params.until);
  deposit.licensee = event.params.licensee;
  deposit.since = since;
  deposit.until = event.params.until;
  deposit.alone = false;
  deposit.previous = previous;
  deposit.amount = event.params.paid;
  deposit.madeAtBlock = event.block.number;
  deposit.madeAt = event.block.timestamp;
  deposit.spent = BigInt.zero();
  deposit.refund = BigInt.zero();
  deposit.closedAt = null;
  deposit.save();
  return id;
}

/**
 * A licence ends early: its latestDeposit becomes the one on which the next purchase follows, and that one is cut where
 * time of it lies behind the end. The licence is not saved. Returns the wei that the cut gives back.
 */
export function cutDeposit(offer: Offer, license: License, until: BigInt): BigInt {
  let id = license.latestDeposit;
  let deposit: Deposit | null = null;
  while (id !== null) {
    deposit = Deposit.load(id);
    if (deposit === null || deposit.since.lt(until)) break;
    id = deposit.previous;
    deposit = null;
  }
  license.latestDeposit = id;
  if (deposit === null || offer.settlement != 'BY_EVENT' || deposit.until.le(until)) return BigInt.zero();
  if (deposit.alone || deposit.closedAt !== null) return BigInt.zero();
  const refund = deposit.until.minus(until).times(offer.pricePerSecond);
  deposit.until = until;
  deposit.alone = true;
  deposit.refund = deposit.refund.plus(refund);
  deposit.save();
  leaveCohort(deposit.cohort);
  return refund;
}

/** Closes a deposit. spent, refund in wei. */
export function closeDeposit(
  offerId: Bytes,
  licensee: Address,
  since: BigInt,
  spent: BigInt,
  refund: BigInt,
  block: ethereum.Block
): void {
  const deposit = Deposit.load(depositId(offerId, licensee, since));
  if (deposit === null) return;
  deposit.spent = spent;
  deposit.refund = deposit.refund.plus(refund);
  deposit.closedAt = block.timestamp;
  deposit.save();
  if (!deposit.alone) leaveCohort(deposit.cohort);
}
