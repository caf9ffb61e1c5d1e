import { describe, expect, it } from 'vitest';
import { readFacts, selectionOf, toFactRow, toFactValue } from './facts.ts';

describe('the table of facts', () => {
  it('is read from the schema: every entity, its stored fields, and none that is derived', () => {
    const facts = readFacts();
    expect(facts.map(({ collection }) => collection)).toEqual([
      'streams',
      'permissions',
      'recipientKeys',
      'products',
      'offers',
      'licenses',
      'purchases',
      'deposits',
      'cohorts',
      'deliveryReports',
      'karmas',
      'karmaChanges',
      'wishes',
      'wishAnswers',
      'wishStakes',
      'attestations'
    ]);
    const stream = facts.find(({ name }) => name === 'Stream');
    expect(stream?.fields.map(({ name }) => name)).toEqual([
      'id',
      'owner',
      'pendingOwner',
      'name',
      'description',
      'slotDuration',
      'partitions',
      'deleted',
      'ensName',
      'createdAtBlock',
      'createdAt'
    ]);
  });

  it('asks for the id of what a field refers to, and for the field itself otherwise', () => {
    const fact = readFacts(
      'type A @entity { id: ID! b: B! list: [B!]! @derivedFrom(field: "a") n: Int! } type B @entity { id: Bytes! }'
    );
    expect(selectionOf(fact[0] ?? never())).toBe('id b { id } n');
    expect(fact.map(({ idType }) => idType)).toEqual(['ID', 'Bytes']);
  });

  it('compares numbers, whether sent as numbers or text, and keeps null apart from text', () => {
    expect(toFactValue(12)).toBe('12');
    expect(toFactValue('12')).toBe('12');
    expect(toFactValue(null)).toBeNull();
    expect(toFactValue(undefined)).toBeNull();
    expect(toFactValue('')).toBe('');
    expect(toFactValue(false)).toBe('false');
    expect(toFactValue(['0xaa', 1])).toEqual(['0xaa', '1']);
    expect(toFactValue({ id: '0xbb' })).toBe('0xbb');
  });

  it('leaves out fields of an answer that the schema does not have', () => {
    const [fact] = readFacts('type A @entity { id: ID! n: Int! }');
    expect(toFactRow(fact ?? never(), { id: 'x', n: 3, more: true })).toEqual({ id: 'x', n: '3' });
  });
});

function never(): never {
  throw new RangeError('the schema of the test has such a type');
}
