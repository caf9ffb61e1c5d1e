import type { FactRow } from '../../schema.ts';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { FactKey, FactSet } from '../fact-set.ts';
import type { EventCalled, MarketEvent } from '../market-logs.ts';
import { cutDeposit, depositRows, makeDeposit, openDepositRows, settledByEvents } from './deliveries.ts';
import { licenseId } from './ids.ts';
import { offerRows } from './offers.ts';
import { sum, type Rules } from './rule.ts';

interface LicenseIds {
  readonly offerId: Hex;
  readonly licensee: Address;
}

const licenseRows = ({ args }: { args: LicenseIds }): readonly FactKey[] => [
  { fact: 'offer', id: args.offerId },
  { fact: 'license', id: licenseId(args.offerId, args.licensee) }
];

/** Licences: bought, renewed, ended early, accounted for, flagged. */
export const licenseRules: Rules<
  | 'LicensePurchased'
  | 'AttestationPresented'
  | 'KeyReplaced'
  | 'LicenseCancelled'
  | 'LicenseRevoked'
  | 'LicenseSettled'
  | 'LicenseFlagged'
  | 'FlagAnswered'
> = {
  LicensePurchased: {
    rows: (event) => [...offerRows(event), ...licenseRows(event)],
    further: depositRows,
    apply: purchaseLicense
  },
  AttestationPresented: { rows: licenseRows, apply: presentAttestation },
  KeyReplaced: {
    rows: licenseRows,
    apply: (facts, event) => changeLicense(facts, event, { publicKey: event.args.publicKey })
  },
  LicenseCancelled: {
    rows: licenseRows,
    further: openDepositRows,
    apply: (facts, event) => endLicense(facts, event, { endedEarly: 'CANCELLED', endReasonHash: null })
  },
  LicenseRevoked: {
    rows: licenseRows,
    further: openDepositRows,
    apply: (facts, event) => endLicense(facts, event, { endedEarly: 'REVOKED', endReasonHash: event.args.reasonHash })
  },
  LicenseSettled: {
    rows: licenseRows,
    apply(facts, event) {
      const spent = facts.get('license', licenseId(event.args.offerId, event.args.licensee))?.spent ?? '0';
      const { until, amount } = event.args;
      return changeLicense(facts, event, { settledUntil: Number(until), spent: sum(spent, amount) });
    }
  },
  LicenseFlagged: {
    rows: licenseRows,
    apply(facts, event) {
      const { points, reasonHash } = event.args;
      const flag = { flagPoints: points.toString(), flagReasonHash: reasonHash, flagAnswerHash: null };
      return changeLicense(facts, event, { ...flag, flaggedAt: event.timestamp });
    }
  },
  FlagAnswered: {
    rows: licenseRows,
    apply: (facts, event) => changeLicense(facts, event, { flagAnswerHash: event.args.answerHash })
  }
};

function changeLicense(
  facts: FactSet,
  { args, block }: Pick<MarketEvent, 'block'> & { readonly args: LicenseIds },
  change: Partial<FactRow<'license'>>
): boolean {
  const license = facts.get('license', licenseId(args.offerId, args.licensee));
  if (license === undefined) return false;
  facts.put('license', { ...license, ...change }, block);
  return true;
}

/** A licence as it is before its first purchase, within the transaction that makes it. */
function unboughtLicense(offer: FactRow<'offer'>, licensee: Address): FactRow<'license'> {
  return {
    id: licenseId(offer.id, licensee),
    offer: offer.id,
    product: offer.product,
    licensee,
    from: 0,
    until: 0,
    publicKey: '0x',
    paid: '0',
    refunded: '0',
    spent: '0',
    settledUntil: null,
    endedEarly: null,
    endReasonHash: null,
    endedEarlyAt: null,
    attestation: null,
    flagPoints: null,
    flagReasonHash: null,
    flaggedAt: null,
    flagAnswerHash: null,
    latestDeposit: null,
    purchases: 0,
    purchasedAtBlock: 0,
    purchasedAt: 0,
    transactionHash: '0x'
  };
}

/** Comes just before the purchase, hence maybe before the licence. */
function presentAttestation(facts: FactSet, { args, block }: EventCalled<'AttestationPresented'>): boolean {
  const { offerId, licensee, attestation } = args;
  const offer = facts.get('offer', offerId);
  if (offer === undefined) return false;
  const license = facts.get('license', licenseId(offerId, licensee)) ?? unboughtLicense(offer, licensee);
  facts.put('license', { ...license, attestation }, block);
  return true;
}

function purchaseLicense(facts: FactSet, event: EventCalled<'LicensePurchased'>): boolean {
  const { offerId, productId, licensee, payer, publicKey, paid } = event.args;
  const { block, timestamp, transactionHash } = event;
  const offer = facts.get('offer', offerId);
  const product = facts.get('product', productId);
  if (offer === undefined || product === undefined) return false;
  const from = Number(event.args.from);
  const until = Number(event.args.until);
  const id = licenseId(offerId, licensee);
  const before = facts.get('license', id) ?? unboughtLicense(offer, licensee);
  const latestDeposit = settledByEvents(offer)
    ? makeDeposit(facts, offer, before, { from, until, paid }, event)
    : before.latestDeposit;
  facts.put(
    'license',
    {
      ...before,
      from: before.until === from ? before.from : from,
      until,
      publicKey,
      paid: sum(before.paid, paid),
      endedEarly: null,
      endReasonHash: null,
      endedEarlyAt: null,
      latestDeposit,
      purchases: before.purchases + 1,
      purchasedAtBlock: block,
      purchasedAt: timestamp,
      transactionHash
    },
    block
  );
  facts.put(
    'purchase',
    {
      id: `${transactionHash}-${String(event.logIndex)}`,
      license: id,
      payer,
      from,
      until,
      paid: paid.toString(),
      publicKey,
      block,
      timestamp,
      transactionHash,
      licensee,
      seller: offer.seller
    },
    block
  );
  const fee = offer.settlement === 'AT_ONCE' ? (paid * BigInt(offer.feeBasisPoints) + 9_999n) / 10_000n : 0n;
  facts.put('offer', { ...offer, revenue: sum(offer.revenue, paid), fees: sum(offer.fees, fee) }, block);
  facts.put('product', { ...product, purchases: product.purchases + 1, revenue: sum(product.revenue, paid) }, block);
  return true;
}

function endLicense(
  facts: FactSet,
  event: EventCalled<'LicenseCancelled' | 'LicenseRevoked'>,
  how: Pick<FactRow<'license'>, 'endedEarly' | 'endReasonHash'>
): boolean {
  const { offerId, licensee, refund } = event.args;
  const { block, timestamp } = event;
  const offer = facts.get('offer', offerId);
  const license = facts.get('license', licenseId(offerId, licensee));
  if (offer === undefined || license === undefined) return false;
  const until = Number(event.args.until);
  // settled by events, the deposits that flow back whole say so themselves
  const held = settledByEvents(offer)
    ? cutDeposit(facts, offer, license, until, block)
    : { latestDeposit: license.latestDeposit, refund };
  facts.put(
    'license',
    {
      ...license,
      ...how,
      until,
      endedEarlyAt: timestamp,
      latestDeposit: held.latestDeposit,
      refunded: sum(license.refunded, held.refund)
    },
    block
  );
  facts.put('offer', { ...offer, refunded: sum(offer.refunded, held.refund) }, block);
  return true;
}
