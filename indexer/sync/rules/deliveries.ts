import type { FactRow } from '../../schema.ts';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { FactKey, FactSet } from '../fact-set.ts';
import type { EventCalled, MarketEvent } from '../market-logs.ts';
import { cohortId, deliveryReportId, depositId, licenseId } from './ids.ts';
import { payOut } from './offers.ts';
import { sum, type KnownRows, type Rules } from './rule.ts';

/** What is settled by events: deposits, the cohorts in which they are paid out, and the oracle's counts. */
export const deliveryRules: Rules<'DeliveryReleased' | 'DepositReleased' | 'DepositClosed' | 'DeliveryReported'> = {
  DeliveryReleased: {
    rows: ({ args }) => [
      { fact: 'offer', id: args.offerId },
      { fact: 'cohort', id: cohortId(args.offerId, args.since, args.until) }
    ],
    apply: releaseCohort
  },
  // Of a deposit that stands alone: no cohort hears of it, also not one with the same times.
  DepositReleased: {
    rows: ({ args }) => [{ fact: 'offer', id: args.offerId }],
    apply: (facts, { args, block }) => payOut(facts, args.offerId, args.amount, args.fee, block)
  },
  DepositClosed: {
    rows: ({ args }) => [
      { fact: 'offer', id: args.offerId },
      { fact: 'license', id: licenseId(args.offerId, args.licensee) },
      { fact: 'deposit', id: depositId(args.offerId, args.licensee, args.since) }
    ],
    further({ args }, known) {
      const cohort = known.cohortOf(depositId(args.offerId, args.licensee, args.since));
      return cohort === undefined ? [] : [{ fact: 'cohort', id: cohort }];
    },
    apply: closeDeposit
  },
  DeliveryReported: {
    rows: ({ args }) => [{ fact: 'deliveryReport', id: deliveryReportId(args.stream, args.time) }],
    apply(facts, { args: { stream, time, count }, block, timestamp }) {
      const id = deliveryReportId(stream, time);
      const report = { id, stream, time: time.toString(), count: count.toString(), block, timestamp };
      facts.put('deliveryReport', report, block);
      return true;
    }
  }
};

/** Whether the escrow holds the offer's payments. */
export function settledByEvents({ settlement }: { readonly settlement: string }): boolean {
  return settlement === 'AFTER_EVENTS' || settlement === 'BY_EVENT';
}

/** Unix seconds at which the time of a purchase that begins at `from` is charged. */
function chargedSince({ boundary }: { readonly boundary: number }, from: number): number {
  return Math.ceil(from / boundary) * boundary;
}

/** The rows that a purchase of an offer settled by events makes. */
export function depositRows({ args }: EventCalled<'LicensePurchased'>, known: KnownRows): readonly FactKey[] {
  const offer = known.offer(args.offerId);
  if (offer === undefined || !settledByEvents(offer)) return [];
  const since = chargedSince(offer, Number(args.from));
  return [
    { fact: 'deposit', id: depositId(args.offerId, args.licensee, since) },
    { fact: 'cohort', id: cohortId(args.offerId, since, args.until) }
  ];
}

/** The rows that a licence's early end may cut. */
export function openDepositRows(
  { args }: { readonly args: { readonly offerId: Hex; readonly licensee: Address } },
  known: KnownRows
): readonly FactKey[] {
  return known
    .openDeposits(licenseId(args.offerId, args.licensee))
    .flatMap(({ id, cohort }) => [{ fact: 'deposit', id } as const, { fact: 'cohort', id: cohort } as const]);
}

/** Makes the deposit of a purchase, in its cohort; returns its id. */
export function makeDeposit(
  facts: FactSet,
  offer: FactRow<'offer'>,
  license: FactRow<'license'>,
  { from, until, paid }: { from: number; until: number; paid: bigint },
  { block, timestamp }: MarketEvent
): string {
  const since = chargedSince(offer, from);
  const id = depositId(offer.id, license.licensee, since);
  const cohort = cohortId(offer.id, since, until);
  facts.put(
    'deposit',
    {
      id,
      offer: offer.id,
      license: license.id,
      cohort,
      licensee: license.licensee,
      since,
      until,
      alone: false,
      previous: license.latestDeposit,
      amount: paid.toString(),
      madeAtBlock: block,
      madeAt: timestamp,
      spent: '0',
      refund: '0',
      closedAt: null
    },
    block
  );
  const known = facts.get('cohort', cohort) ?? {
    id: cohort,
    offer: offer.id,
    since,
    until,
    deposits: 0,
    released: '0',
    fees: '0',
    judgedUntil: null,
    final: false
  };
  facts.put('cohort', { ...known, deposits: known.deposits + 1 }, block);
  return id;
}

/**
 * A licence ends early: finds the deposit on which the next purchase follows, and cuts it where time of it lies behind
 * the end. Those that begin after the end flow back whole, which the escrow says of each.
 *
 * @returns that deposit, and the wei that the cut gives back.
 */
export function cutDeposit(
  facts: FactSet,
  { settlement, pricePerSecond }: FactRow<'offer'>,
  license: FactRow<'license'>,
  until: number,
  block: number
): { latestDeposit: string | null; refund: bigint } {
  let latestDeposit = license.latestDeposit;
  let deposit = latestDeposit === null ? undefined : facts.get('deposit', latestDeposit);
  while (deposit !== undefined && deposit.since >= until) {
    latestDeposit = deposit.previous;
    deposit = latestDeposit === null ? undefined : facts.get('deposit', latestDeposit);
  }
  // one that is not at hand was closed earlier
  if (settlement !== 'BY_EVENT' || deposit === undefined || deposit.until <= until)
    return { latestDeposit, refund: 0n };
  if (deposit.alone || deposit.closedAt !== null) return { latestDeposit, refund: 0n };
  const refund = BigInt(deposit.until - until) * BigInt(pricePerSecond);
  facts.put('deposit', { ...deposit, until, alone: true, refund: sum(deposit.refund, refund) }, block);
  leaveCohort(facts, deposit, block);
  return { latestDeposit, refund };
}

function leaveCohort(facts: FactSet, deposit: FactRow<'deposit'>, block: number): void {
  const cohort = facts.get('cohort', deposit.cohort);
  if (cohort !== undefined) facts.put('cohort', { ...cohort, deposits: cohort.deposits - 1 }, block);
}

function closeDeposit(facts: FactSet, event: EventCalled<'DepositClosed'>): boolean {
  const { offerId, licensee, since, spent, refund } = event.args;
  const { block, timestamp } = event;
  const offer = facts.get('offer', offerId);
  const license = facts.get('license', licenseId(offerId, licensee));
  const deposit = facts.get('deposit', depositId(offerId, licensee, since));
  if (offer === undefined || license === undefined || deposit === undefined) return false;
  facts.put(
    'deposit',
    { ...deposit, spent: spent.toString(), refund: sum(deposit.refund, refund), closedAt: timestamp },
    block
  );
  if (!deposit.alone) leaveCohort(facts, deposit, block);
  const account = { spent: sum(license.spent, spent), refunded: sum(license.refunded, refund) };
  facts.put('license', { ...license, ...account }, block);
  facts.put('offer', { ...offer, refunded: sum(offer.refunded, refund) }, block);
  return true;
}

function releaseCohort(facts: FactSet, event: EventCalled<'DeliveryReleased'>): boolean {
  const { offerId, since, until, time, amount, fee, final_ } = event.args;
  const cohort = facts.get('cohort', cohortId(offerId, since, until));
  if (cohort === undefined || !payOut(facts, offerId, amount, fee, event.block)) return false;
  facts.put(
    'cohort',
    {
      ...cohort,
      released: sum(cohort.released, amount),
      fees: sum(cohort.fees, fee),
      judgedUntil: Number(time),
      final: final_
    },
    event.block
  );
  return true;
}
