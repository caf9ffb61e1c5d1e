import { BigInt, Bytes } from '@graphprotocol/graph-ts';
import { Cohort } from '../generated/schema';
import { cohortId } from './id';

/** Counts one more deposit into a cohort, which its first one makes; returns its id. */
export function joinCohort(offerId: Bytes, since: BigInt, until: BigInt): string {
  const id = cohortId(offerId, since, until);
  let cohort = Cohort.load(id);
  if (cohort === null) {
    cohort = new Cohort(id);
    cohort.offer = offerId;
    cohort.since = since;
    cohort.until = until;
    cohort.deposits = 0;
    cohort.released = BigInt.zero();
    cohort.fees = BigInt.zero();
    cohort.judgedUntil = null;
    cohort.final = false;
  }
  cohort.deposits += 1;
  cohort.save();
  return id;
}

/** Counts a deposit out. */
export function leaveCohort(id: string): void {
  const cohort = Cohort.load(id);
  if (cohort === null) return;
  cohort.deposits -= 1;
  cohort.save();
}

/** Adds what was paid out, in wei, fee included. */
export function releaseCohort(
  offerId: Bytes,
  since: BigInt,
  until: BigInt,
  time: BigInt,
  amount: BigInt,
  fee: BigInt,
  isFinal: boolean
): void {
  const cohort = Cohort.load(cohortId(offerId, since, until));
  if (cohort === null) return;
  cohort.released = cohort.released.plus(amount);
  cohort.fees = cohort.fees.plus(fee);
  cohort.judgedUntil = time;
  cohort.final = isFinal;
  cohort.save();
}
