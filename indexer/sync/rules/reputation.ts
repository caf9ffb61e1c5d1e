import { karmaRoles, type FactRow } from '../../schema.ts';
import type { FactKey, FactSet } from '../fact-set.ts';
import type { EventCalled } from '../market-logs.ts';
import { karmaChangeId, karmaId } from './ids.ts';
import { sum, type Rules } from './rule.ts';

function karmaRows({ args, transactionHash, logIndex }: EventCalled<'KarmaEarned' | 'KarmaTaken'>): readonly FactKey[] {
  const role = karmaRoles[args.role];
  if (role === undefined) return [];
  return [
    { fact: 'karma', id: karmaId(args.account, role) },
    { fact: 'karmaChange', id: karmaChangeId(transactionHash, logIndex) }
  ];
}

/** Logs of one block fit below, blocks above: the sum stays a number that JavaScript holds. */
const logsOfBlock = 2 ** 20;

/** Karma, and what attesters say of accounts. */
export const reputationRules: Rules<'KarmaEarned' | 'KarmaTaken' | 'AttestationRecorded' | 'AttestationWithdrawn'> = {
  KarmaEarned: {
    rows: karmaRows,
    apply: (facts, event) => changeKarma(facts, event, ({ earned }) => ({ earned: sum(earned, event.args.points) }))
  },
  KarmaTaken: {
    rows: karmaRows,
    apply: (facts, event) => changeKarma(facts, event, ({ taken }) => ({ taken: sum(taken, event.args.points) }))
  },
  AttestationRecorded: {
    rows: ({ args }) => [{ fact: 'attestation', id: args.uid }],
    apply(facts, { args, block, timestamp }) {
      const { uid, schema, recipient, attester, data } = args;
      const expirationTime = args.expirationTime.toString();
      const row = { id: uid, schema, recipient, attester, expirationTime, data };
      facts.put('attestation', { ...row, recordedAtBlock: block, recordedAt: timestamp, revokedAt: null }, block);
      return true;
    }
  },
  AttestationWithdrawn: {
    rows: ({ args }) => [{ fact: 'attestation', id: args.uid }],
    apply(facts, { args, block, timestamp }) {
      const row = facts.get('attestation', args.uid);
      if (row === undefined) return false;
      facts.put('attestation', { ...row, revokedAt: timestamp }, block);
      return true;
    }
  }
};

function changeKarma(
  facts: FactSet,
  event: EventCalled<'KarmaEarned' | 'KarmaTaken'>,
  change: (before: FactRow<'karma'>) => Partial<FactRow<'karma'>>
): boolean {
  const { args, block, timestamp, transactionHash, logIndex, through } = event;
  const { account, units, points } = args;
  const role = karmaRoles[args.role];
  if (role === undefined) return false;
  const id = karmaId(account, role);
  const before = facts.get('karma', id) ?? {
    id,
    account,
    role,
    units: '0',
    earned: '0',
    taken: '0',
    changedAtBlock: block,
    changedAt: timestamp
  };
  const changed = { units: units.toString(), changedAtBlock: block, changedAt: timestamp };
  facts.put('karma', { ...before, ...change(before), ...changed }, block);
  facts.put(
    'karmaChange',
    {
      id: karmaChangeId(transactionHash, logIndex),
      account,
      role,
      offer: through ?? null,
      units: sum(units, -BigInt(before.units)),
      balance: units.toString(),
      points: sum(event.eventName === 'KarmaTaken' ? -points : points),
      block,
      timestamp,
      position: block * logsOfBlock + logIndex
    },
    block
  );
  return true;
}
