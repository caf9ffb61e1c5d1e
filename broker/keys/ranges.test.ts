import { expect, it } from 'vitest';
import { intersect, type SlotRange, subtract, union } from './ranges.ts';

const slots = (ranges: readonly SlotRange[]) =>
  ranges.flatMap(({ from, until }) => Array.from({ length: until - from }, (_, place) => from + place));

/** Every range within 0 to 6, empty ones too. */
const all: SlotRange[] = [0, 1, 2, 3, 4, 5, 6].flatMap((from) =>
  Array.from({ length: 7 - from }, (_, length) => ({ from, until: from + length }))
);

it('agrees with sets of slots', () => {
  for (const a of all) {
    for (const b of all) {
      const [inA, inB] = [new Set(slots([a])), new Set(slots([b]))];
      const both = [0, 1, 2, 3, 4, 5].filter((slot) => inA.has(slot) || inB.has(slot));
      expect(slots(union([a, b]))).toEqual(both);
      expect(slots(intersect(a, [b]))).toEqual([...inA].filter((slot) => inB.has(slot)));
      expect(slots(subtract([a], [b]))).toEqual([...inA].filter((slot) => !inB.has(slot)));
    }
  }
});

it('joins ranges that touch', () => {
  const touching = [
    { from: 2, until: 4 },
    { from: 0, until: 2 },
    { from: 5, until: 5 }
  ];
  expect(union(touching)).toEqual([{ from: 0, until: 4 }]);
});
