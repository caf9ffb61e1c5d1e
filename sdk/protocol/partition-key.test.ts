import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partitionOf } from './partition-key.ts';
import vectors from './vectors/partition-key.json' with { type: 'json' };

it.each(vectors.keys)('vector: $key', ({ key, partitions }) => {
  for (const { count, partition } of partitions) expect(partitionOf(key, count)).toBe(partition);
});

describe('the partition of a key', () => {
  it('is one that the stream has, and always the same', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1024 }), (key, partitions) => {
        const partition = partitionOf(key, partitions);
        expect(partition).toBeGreaterThanOrEqual(0);
        expect(partition).toBeLessThan(partitions);
        expect(partitionOf(key, partitions)).toBe(partition);
      })
    );
  });

  it('spreads keys evenly', () => {
    const counts = Array.from({ length: 16 }, () => 0);
    for (let key = 0; key < 16_000; key += 1) {
      const partition = partitionOf(`vehicle ${String(key)}`, 16);
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
});
