import { describe, expect, it } from 'vitest';
import { compareCounts, countedEntities, type Count, type CountedEntity, type Counts } from './index-agreement.ts';

function counts(value: number, other: Partial<Record<CountedEntity, Count>> = {}): Counts {
  const all = Object.fromEntries(countedEntities.map((entity) => [entity, { value, least: false }]));
  return { ...(all as Record<CountedEntity, Count>), ...other };
}

describe('counts of both indexes', () => {
  it('are equal where every one is', () => {
    const { state, counts: compared } = compareCounts(counts(7), counts(7));
    expect(state).toBe('equal');
    expect(compared.map(({ difference }) => difference)).toEqual(countedEntities.map(() => 0));
  });

  it('are apart by what the subgraph has more or fewer', () => {
    const { state, counts: compared } = compareCounts(
      counts(7),
      counts(7, { licenses: { value: 5, least: false }, karmas: { value: 8, least: false } })
    );
    expect(state).toBe('apart');
    expect(compared.find(({ entity }) => entity === 'licenses')?.difference).toBe(-2);
    expect(compared.find(({ entity }) => entity === 'karmas')?.difference).toBe(1);
    expect(compared.find(({ entity }) => entity === 'streams')?.difference).toBe(0);
  });

  it('are not called equal where counting stopped before the end', () => {
    const stopped = { purchases: { value: 10_000, least: true } };
    const more = { purchases: { value: 12_345, least: false } };
    expect(compareCounts(counts(7, more), counts(7, stopped)).state).toBe('unknown');
    // ten thousand and more can only be apart from nine thousand
    const fewer = { purchases: { value: 9_000, least: false } };
    expect(compareCounts(counts(7, fewer), counts(7, stopped)).state).toBe('apart');
  });
});
