import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import type { Hex } from './primitives.ts';
import {
  coversExactly,
  decodeSeeds,
  encodeSeeds,
  endSlotOf,
  firstSlotOf,
  generateRoot,
  holdsSlot,
  RangeNotHeldError,
  rangeSeeds,
  rootSeed,
  SeedsMalformedError,
  slotAt,
  slotCount,
  SlotInvalidError,
  slotKey,
  type Seed
} from './slot-keys.ts';
import vectors from './vectors/slot-keys.json' with { type: 'json' };

const root = rootSeed(bytesOf(vectors.root as Hex));

/** The key of any node straight from the definition, bit by bit from the top, with another HMAC. */
function nodeKey(depth: number, index: number): string {
  let key = Buffer.from(root.key);
  for (let level = depth - 1; level >= 0; level -= 1) {
    const side = Number((BigInt(index) >> BigInt(level)) & 1n);
    key = createHmac('sha256', key).update(Buffer.of(side)).digest();
  }
  return key.toString('hex');
}
const leafKey = (slot: number) => nodeKey(32, slot);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Every slot that seeds open, for seeds that open few. */
const opened = (seeds: readonly Seed[]) =>
  seeds.flatMap((seed) =>
    Array.from({ length: endSlotOf(seed) - firstSlotOf(seed) }, (_, at) => firstSlotOf(seed) + at)
  );
const numbers = (from: number, until: number) => Array.from({ length: until - from }, (_, at) => from + at);

/** The size of the smallest cover, by trying every way to cut a range into nodes (dynamic programming). */
function smallestCover(from: number, until: number): number {
  const fewest = [0];
  for (let end = from + 1; end <= until; end += 1) {
    let best = Number.POSITIVE_INFINITY;
    for (let size = 1; end - size >= from; size *= 2) {
      if ((end - size) % size === 0) best = Math.min(best, 1 + (fewest[end - size - from] ?? Number.NaN));
    }
    fewest.push(best);
  }
  return fewest[until - from] ?? Number.NaN;
}

/** Ranges of up to 70 slots in places where powers of two meet, and anywhere. */
const smallRange = fc
  .tuple(
    fc.oneof(fc.nat(300), fc.constantFrom(2 ** 31 - 40, 2 ** 32 - 300, 29_400_000), fc.nat(2 ** 31 - 1)),
    fc.nat(70)
  )
  .map(([from, length]) => ({ from, until: from + length }));
const anyRange = fc
  .tuple(fc.integer({ min: 0, max: slotCount }), fc.integer({ min: 0, max: slotCount }))
  .map(([one, other]) => ({ from: Math.min(one, other), until: Math.max(one, other) }));

describe('vectors', () => {
  it.each(vectors.slots)('slot $slot', ({ slot, key }) => {
    expect(hexOf(slotKey([root], slot))).toBe(key);
    expect(`0x${leafKey(slot)}`).toBe(key);
  });

  it.each(vectors.ranges)('range $from to $until', ({ from, until, seeds, encoded }) => {
    const cover = rangeSeeds([root], from, until);
    expect(cover.map((seed) => ({ ...seed, key: hexOf(seed.key) }))).toEqual(seeds);
    expect(hexOf(encodeSeeds(cover))).toBe(encoded);
    expect(decodeSeeds(bytesOf(encoded as Hex))).toEqual(cover);
  });

  it.each(vectors.times)('time $timestamp in slots of $slotDuration s', ({ timestamp, slotDuration, slot }) => {
    expect(slotAt(timestamp, slotDuration)).toBe(slot);
  });
});

describe('a range', () => {
  it('opens exactly its slots, with the keys of the definition', () => {
    fc.assert(
      fc.property(smallRange, ({ from, until }) => {
        const seeds = rangeSeeds([root], from, until);
        expect(opened(seeds)).toEqual(numbers(from, until));
        for (const slot of numbers(from, until)) expect(hex(slotKey(seeds, slot))).toBe(leafKey(slot));
      }),
      { numRuns: 60 }
    );
  });

  it('gives nothing outside, not even the slots beside it', () => {
    fc.assert(
      fc.property(anyRange, fc.integer({ min: -2, max: slotCount + 1 }), ({ from, until }, anywhere) => {
        const seeds = rangeSeeds([root], from, until);
        for (const slot of [from - 1, until, anywhere]) {
          const inside = from <= slot && slot < until;
          expect(holdsSlot(seeds, slot)).toBe(inside);
          if (!inside) expect(() => slotKey(seeds, slot)).toThrow(RangeNotHeldError);
        }
      })
    );
  });

  it('is covered by nodes of the tree, each with the key of the definition', () => {
    fc.assert(
      fc.property(anyRange, ({ from, until }) => {
        const seeds = rangeSeeds([root], from, until);
        expect(coversExactly(seeds, from, until)).toBe(true);
        for (const seed of seeds) {
          expect(firstSlotOf(seed)).toBeGreaterThanOrEqual(from);
          expect(endSlotOf(seed)).toBeLessThanOrEqual(until);
          expect(hex(seed.key)).toBe(nodeKey(seed.depth, seed.index));
        }
      })
    );
  });

  it('takes the fewest seeds', () => {
    fc.assert(
      fc.property(smallRange, ({ from, until }) => {
        expect(rangeSeeds([root], from, until)).toHaveLength(smallestCover(from, until));
      })
    );
    expect(rangeSeeds([root], 0, slotCount)).toEqual([root]);
    expect(rangeSeeds([root], 1, slotCount - 1)).toHaveLength(62);
  });

  it('that is empty needs nothing', () => {
    expect(rangeSeeds([root], 7, 7)).toEqual([]);
    expect(rangeSeeds([], 7, 7)).toEqual([]);
  });

  it.each([
    [2, 1],
    [-1, 1],
    [0, slotCount + 1],
    [0.5, 1],
    [0, Number.NaN]
  ])('from %d to %d is none', (from, until) => {
    expect(() => rangeSeeds([root], from, until)).toThrow(SlotInvalidError);
  });
});

describe('a part of what is held', () => {
  it('is the same as taken from the root, and never more than is held', () => {
    fc.assert(
      fc.property(smallRange, smallRange, (held, wanted) => {
        const from = held.from;
        const seeds = rangeSeeds([root], from, held.until);
        const part = {
          from: from + (wanted.from % 71),
          until: from + (wanted.from % 71) + (wanted.until - wanted.from)
        };
        if (part.until <= held.until || part.from === part.until) {
          const direct = rangeSeeds([root], part.from, part.until);
          expect(rangeSeeds(seeds, part.from, part.until)).toEqual(direct);
        } else {
          expect(() => rangeSeeds(seeds, part.from, part.until)).toThrow(RangeNotHeldError);
        }
      })
    );
  });

  it('is found in pieces, in any order, overlapping or not', () => {
    fc.assert(
      fc.property(fc.array(smallRange, { maxLength: 4 }), smallRange, fc.boolean(), (pieces, wanted, reversed) => {
        const near = pieces.map(({ from, until }) => ({ from: from % 100, until: (from % 100) + (until - from) }));
        const seeds = near.flatMap(({ from, until }) => rangeSeeds([root], from, until));
        const from = wanted.from % 100;
        const until = from + (wanted.until - wanted.from);
        const held = new Set(opened(seeds));
        const given = reversed ? seeds.toReversed() : seeds;
        if (numbers(from, until).every((slot) => held.has(slot))) {
          const part = rangeSeeds(given, from, until);
          expect(opened(part)).toEqual(numbers(from, until));
          for (const seed of part) expect(hex(seed.key)).toBe(nodeKey(seed.depth, seed.index));
        } else {
          expect(() => rangeSeeds(given, from, until)).toThrow(RangeNotHeldError);
        }
      })
    );
  });

  it('is not there without seeds', () => {
    expect(() => rangeSeeds([], 0, 1)).toThrow(RangeNotHeldError);
    expect(() => slotKey([], 0)).toThrow(RangeNotHeldError);
    expect(holdsSlot([], 0)).toBe(false);
  });

  it.each([0.5, Number.NaN, -1, slotCount])('has no slot %d', (slot) => {
    expect(holdsSlot([root], slot)).toBe(false);
    expect(() => slotKey([root], slot)).toThrow(RangeNotHeldError);
  });
});

describe('encoded seeds', () => {
  it('read back as written', () => {
    fc.assert(
      fc.property(anyRange, ({ from, until }) => {
        const seeds = rangeSeeds([root], from, until);
        expect(decodeSeeds(encodeSeeds(seeds))).toEqual(seeds);
      })
    );
  });

  it('of 30 days at one-minute slots are small', () => {
    fc.assert(
      fc.property(fc.nat(slotCount - 43_200), (from) => {
        expect(encodeSeeds(rangeSeeds([root], from, from + 43_200)).length).toBeLessThanOrEqual(1500 - 16);
      })
    );
  });

  const [left, right] = rangeSeeds([root], 1, 3);
  const pair = [left, right].filter((seed) => seed !== undefined);
  it.each<[string, Seed[]]>([
    ['out of order', pair.toReversed()],
    ['doubled', [...pair.slice(0, 1), ...pair]],
    ['overlapping', [root, ...pair]],
    ['deeper than the tree', [{ depth: 33, index: 0, key: root.key }]],
    ['beside the tree', [{ depth: 1, index: 2, key: root.key }]],
    ['with a short key', [{ depth: 0, index: 0, key: new Uint8Array(31) }]],
    ['too many', Array.from({ length: 1025 }, (_, index) => ({ depth: 32, index, key: root.key }))]
  ])('are refused: %s', (_, seeds) => {
    expect(() => encodeSeeds(seeds)).toThrow(SeedsMalformedError);
  });

  it('are refused where bytes are anything else', () => {
    const bytes = encodeSeeds(pair);
    const swapped = Uint8Array.of(...bytes.subarray(0, 2), ...bytes.subarray(39), ...bytes.subarray(2, 39));
    for (const bad of [
      new Uint8Array(),
      bytes.subarray(0, -1),
      Uint8Array.of(...bytes, 0),
      swapped,
      bytes.with(2, 33)
    ]) {
      expect(() => decodeSeeds(bad)).toThrow(SeedsMalformedError);
    }
  });

  it('do not share memory with what they were read from', () => {
    const bytes = encodeSeeds(pair);
    const seeds = decodeSeeds(bytes);
    bytes.fill(0);
    expect(seeds).toEqual(pair);
  });
});

describe('times', () => {
  it('lie in the slot that contains them', () => {
    fc.assert(
      fc.property(fc.nat(4_000_000_000_000), fc.integer({ min: 1000, max: 86_400 }), (time, duration) => {
        const slot = slotAt(time, duration);
        expect(slot * duration * 1000).toBeLessThanOrEqual(time);
        expect((slot + 1) * duration * 1000).toBeGreaterThan(time);
      })
    );
  });

  it.each([
    [-1, 60],
    [Number.NaN, 60],
    [Number.MAX_SAFE_INTEGER, 1],
    [0, 0],
    [0, 0.5]
  ])('%d in slots of %d s lie in none', (time, duration) => {
    expect(() => slotAt(time, duration)).toThrow(SlotInvalidError);
  });
});

it('roots are 32 random bytes', () => {
  const [one, other] = [generateRoot(), generateRoot()];
  expect(one).toHaveLength(32);
  expect(hex(one)).not.toBe(hex(other));
  expect(() => rootSeed(new Uint8Array(31))).toThrow(SeedsMalformedError);
});
