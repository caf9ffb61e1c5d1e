import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import {
  ancestorOf,
  areSiblings,
  bucketSecret,
  coverOf,
  endLeafOf,
  firstLeafOf,
  leafCount,
  leafDepth,
  LeafInvalidError,
  nodeCovers,
  nodeKey,
  nodeKeyBytes,
  pathKeysBytes,
  pathKeysOf
} from './complete-subtree.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/era-change.json' with { type: 'json' };

const bytes = (hex: string) => bytesOf(hex as Hex);

describe('vectors', () => {
  it.each(vectors.buckets)('bucket $end', ({ end, secret, nodes, leaf, pathKeys }) => {
    const own = bucketSecret(bytes(vectors.streamSecret), end);
    expect(hexOf(own)).toBe(secret);
    for (const { level, index, key } of nodes) expect(hexOf(nodeKey(own, { level, index }))).toBe(key);
    expect(hexOf(pathKeysOf(own, leaf))).toBe(pathKeys);
  });

  it.each(vectors.covers)('cover: $name', ({ leaves, cover }) => {
    expect(coverOf(leaves.flatMap(([from = 0, until = 0]) => span(from, until)))).toEqual(cover);
  });
});

const span = (from: number, until: number) => Array.from({ length: until - from }, (_, place) => from + place);

describe('a cover', () => {
  it('has exactly the leaves, from the left, and no node that could be left out', () => {
    const near = fc
      .tuple(fc.nat(leafCount - 70), fc.uniqueArray(fc.nat(69)))
      .map(([base, set]) => set.map((n) => base + n));
    fc.assert(
      fc.property(fc.oneof(near, fc.uniqueArray(fc.nat(leafCount - 1), { maxLength: 40 })), (leaves) => {
        const cover = coverOf(leaves);
        const covered = cover.flatMap((node) => span(firstLeafOf(node), endLeafOf(node)));
        expect(covered).toEqual([...leaves].sort((a, b) => a - b));
        for (const node of cover) expect(cover.some((other) => areSiblings(node, other))).toBe(false);
        for (const leaf of leaves) expect(cover.filter((node) => nodeCovers(node, leaf))).toHaveLength(1);
      })
    );
  });

  it('of all leaves is the root, of none is empty, and needs no order and no uniqueness', () => {
    expect(coverOf(span(0, leafCount))).toEqual([{ level: 0, index: 0 }]);
    expect(coverOf([])).toEqual([]);
    expect(coverOf([3, 2, 3])).toEqual([{ level: leafDepth - 1, index: 1 }]);
  });

  it('has at most r log2(n / r) nodes where r of n are left out', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(4095), { minLength: 1, maxLength: 64 }), (out) => {
        const left = new Set(out);
        const cover = coverOf(span(0, 4096).filter((leaf) => !left.has(leaf)));
        expect(cover.length).toBeLessThanOrEqual(left.size * Math.log2(4096 / left.size) + 1e-9);
      }),
      { numRuns: 20 }
    );
  });

  it('of a leaf that does not exist is refused', () => {
    for (const leaf of [-1, 0.5, leafCount, NaN]) expect(() => coverOf([leaf])).toThrow(LeafInvalidError);
    expect(() => nodeKey(new Uint8Array(32), { level: leafDepth + 1, index: 0 })).toThrow(LeafInvalidError);
    expect(() => nodeKey(new Uint8Array(32), { level: 3, index: 8 })).toThrow(LeafInvalidError);
  });
});

it('gives a leaf the keys of the nodes above it, and these are independent of each other', () => {
  const secret = bytes(vectors.buckets[0]?.secret ?? '0x');
  const pathKeys = pathKeysOf(secret, 77);
  expect(pathKeys.length).toBe(pathKeysBytes);
  for (let level = 0; level <= leafDepth; level += 1) {
    const key = pathKeys.subarray(level * nodeKeyBytes, (level + 1) * nodeKeyBytes);
    const node = ancestorOf(77, level);
    expect(hexOf(key)).toBe(hexOf(nodeKey(secret, node)));
    // A child must not follow from its parent by the way in which nodes follow from the secret.
    if (level < leafDepth) {
      for (const side of [0, 1]) {
        const child = { level: level + 1, index: node.index * 2 + side };
        expect(hexOf(nodeKey(key, child))).not.toBe(hexOf(nodeKey(secret, child)));
      }
    }
  }
});
