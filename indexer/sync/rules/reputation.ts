import { karmaRoles, type FactRow } from '../../schema.ts';
import type { FactKey, FactSet } from '../fact-set.ts';
import type { EventCalled } from '../market-logs.ts';
import { karmaId } from './ids.ts';
import { sum, type Rules } from './rule.ts';

function karmaRows({ args }: EventCalled<'KarmaEarned' | 'KarmaTaken'>): readonly FactKey[] {
  const role = karmaRoles[args.role];
  return role === undefined ? [] : [{ fact: 'karma', id: karmaId(args.account, role) }];
}

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
  { args, block, timestamp }: EventCalled<'KarmaEarned' | 'KarmaTaken'>,
  change: (before: FactRow<'karma'>) => Partial<FactRow<'karma'>>
): boolean {
  const { account, units } = args;
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
  return true;
}
