import { describe, expect, it } from 'vitest';
import { differencesOf } from './compare.ts';
import { readFacts, type FactRow } from './facts.ts';

const [fact] = readFacts('type Licence @entity { id: ID! until: BigInt! streams: [Bytes!]! }');
const rows = (...all: FactRow[]) => new Map(all.map((row) => [String(row['id']), row]));
const row = (id: string, until: string, streams: string[] = ['0xaa']): FactRow => ({ id, until, streams });

describe('two sides', () => {
  if (fact === undefined) throw new RangeError('the schema of the test has a type');

  it('agree when every field of every entity is equal', () => {
    expect(differencesOf(fact, rows(row('a', '1'), row('b', '2')), rows(row('b', '2'), row('a', '1')))).toEqual([]);
  });

  it('differ by field, each with what either side says', () => {
    expect(differencesOf(fact, rows(row('a', '1')), rows(row('a', '2', ['0xaa', '0xbb'])))).toEqual([
      { fact: 'Licence', id: 'a', field: 'until', indexer: '1', subgraph: '2' },
      { fact: 'Licence', id: 'a', field: 'streams', indexer: ['0xaa'], subgraph: ['0xaa', '0xbb'] }
    ]);
  });

  it('differ by an entity that only one of them has', () => {
    expect(differencesOf(fact, rows(row('a', '1')), rows(row('b', '1')))).toEqual([
      { fact: 'Licence', id: 'a', field: null, indexer: 'a', subgraph: undefined },
      { fact: 'Licence', id: 'b', field: null, indexer: undefined, subgraph: 'b' }
    ]);
  });

  it('differ when a list has another order', () => {
    const [difference] = differencesOf(
      fact,
      rows(row('a', '1', ['0xaa', '0xbb'])),
      rows(row('a', '1', ['0xbb', '0xaa']))
    );
    expect(difference?.field).toBe('streams');
  });
});
