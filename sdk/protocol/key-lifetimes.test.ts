import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexOf } from './binary.ts';
import {
  ancestorOf,
  bucketSecret,
  coverOf,
  leafCount,
  leafDepth,
  nodeKey,
  nodeKeyBytes,
  pathKeysOf,
  type TreeNode
} from './complete-subtree.ts';
import { EraChangeUnopenableError, makeEraChange, openEraChange } from './era-change-sealing.ts';
import { decodeEraChange, encodeEraChange } from './era-change-encoding.ts';
import type { EraChange } from './era-change.ts';
import { bucketEndOf } from './expiry-bucket.ts';
import type { LeafKeys } from './grant-sealing.ts';
import { privateKeySigner } from './signature.ts';
import { holdsSlot, rangeSeeds, rootSeed, type Seed, slotKey } from './slot-keys.ts';

/**
 * A market of a few buyers over some hours: purchases, renewals, gaps, ends, revocations, purchases after a revocation,
 * and eras that begin at any time. At the end everybody takes what grants gave, and all era changes at once, as somebody
 * would who slept; then the slots that each can derive are compared with those that were paid for.
 */

/** Six slots an hour. */
const slotDuration = 600;
const stream = `0x${'5a'.repeat(20)}` as const;
const signer = privateKeySigner(`0x${'11'.repeat(32)}`);
const streamSecret = new Uint8Array(32).fill(7);
const buyers = [0, 1, 2, 3, 4, 5];
const lastSlot = 64;

interface Method {
  readonly coverOf: (leaves: Iterable<number>) => TreeNode[];
  readonly nodeKey: (secret: Uint8Array, node: TreeNode) => Uint8Array;
  readonly bucketEndOf: (untilSlot: number, slotDuration: number) => number;
}
const right: Method = { coverOf, nodeKey, bucketEndOf };

type Happening =
  | {
      readonly at: number;
      readonly kind: 'purchase';
      readonly buyer: number;
      readonly lead: number;
      readonly length: number;
    }
  | { readonly at: number; readonly kind: 'renewal'; readonly buyer: number; readonly length: number }
  | { readonly at: number; readonly kind: 'revocation'; readonly buyer: number }
  | { readonly at: number; readonly kind: 'era'; readonly ahead: number };

const at = fc.nat(40);
const buyer = fc.constantFrom(...buyers);
const length = fc.integer({ min: 1, max: 24 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      at,
      kind: fc.constant('purchase' as const),
      buyer,
      lead: fc.oneof(fc.constant(0), fc.nat(8)),
      length
    })
  },
  { weight: 1, arbitrary: fc.record({ at, kind: fc.constant('renewal' as const), buyer, length }) },
  { weight: 1, arbitrary: fc.record({ at, kind: fc.constant('revocation' as const), buyer }) },
  { weight: 2, arbitrary: fc.record({ at, kind: fc.constant('era' as const), ahead: fc.nat(2) }) }
);
const history = fc.array(happening, { minLength: 6, maxLength: 16 });

interface Bought {
  readonly buyer: number;
  readonly from: number;
  readonly until: number;
  /** Number of the happening by which it was revoked. */
  revoked: number;
}
interface Era {
  readonly root: Seed;
  readonly from: number;
  /** Number of the happening by which it was announced. */
  readonly announced: number;
}
interface Holding {
  readonly seeds: Map<number, Seed[]>;
  readonly leaves: LeafKeys[];
}

/** What came of a history: the eras, what was bought, what each buyer holds, and the era changes for everybody. */
async function live(happenings: readonly Happening[], method: Method) {
  const eras: Era[] = [{ root: rootOf(0), from: 0, announced: -1 }];
  const bought: Bought[] = [];
  const holdings = buyers.map((): Holding => ({ seeds: new Map(), leaves: [] }));
  const leaves = new Map<number, number[]>();
  const changes: EraChange[] = [];

  const give = (to: number, era: number, from: number, until: number) => {
    const root = eras[era]?.root;
    if (root === undefined || from >= until) return;
    const { seeds } = holdings[to] ?? holding();
    seeds.set(era, [...(seeds.get(era) ?? []), ...rangeSeeds([root], from, until)]);
  };
  const purchase = (to: number, from: number, until: number) => {
    bought.push({ buyer: to, from, until, revoked: Infinity });
    const end = method.bucketEndOf(until, slotDuration);
    const members = leaves.get(end) ?? [];
    leaves.set(end, members);
    // One leaf per licence and bucket.
    if (!members.includes(to)) {
      const pathKeys = pathKeysOf(bucketSecret(streamSecret, end), members.length, method.nodeKey);
      holdings[to]?.leaves.push({ bucketEnd: end, leaf: members.length, pathKeys });
      members.push(to);
    }
    for (const era of eras.keys()) give(to, era, from, until);
  };
  const holds = (who: number, slot: number) =>
    bought.some((one) => one.buyer === who && one.revoked === Infinity && one.from <= slot && slot < one.until);
  const startEra = async (number: number, from: number) => {
    const root = rootOf(eras.length);
    const era = eras.push({ root, from, announced: number }) - 1;
    const entitled = (who: number, end: number) => range(from, end).every((slot) => holds(who, slot));
    const buckets = [...leaves].map(([end, members]) => ({
      end,
      secret: bucketSecret(streamSecret, end),
      // The end that the bucket should have: a wrong one must not be made good here.
      leaves: [...members.keys()].filter((leaf) => entitled(members[leaf] ?? 0, Math.min(end, bucketEndOf(end, 600))))
    }));
    const made = await makeEraChange(
      { stream, era, fromSlot: from, untilSlot: 2 ** 32, seeds: [root], buckets },
      signer,
      method
    );
    if (made !== undefined) changes.push(decodeEraChange(encodeEraChange(made)));
    for (const who of buyers) {
      const ends = [...leaves].filter(([end, members]) => {
        const leaf = members.indexOf(who);
        return leaf >= 0 && end > from && entitled(who, end);
      });
      const reached = Math.max(from, ...ends.map(([end]) => end));
      // What the change does not bring to somebody is granted: tails, what begins later, what follows a gap.
      for (const slot of range(reached, lastSlot * 2)) if (holds(who, slot)) give(who, era, slot, slot + 1);
    }
  };

  for (const [number, one] of [...happenings].sort((a, b) => a.at - b.at).entries()) {
    if (one.kind === 'purchase') purchase(one.buyer, one.at + one.lead, one.at + one.lead + one.length);
    else if (one.kind === 'renewal') {
      const running = bought.filter((before) => before.buyer === one.buyer && before.revoked === Infinity);
      const end = Math.max(one.at, ...running.map((before) => before.until));
      purchase(one.buyer, end, end + one.length);
    } else if (one.kind === 'revocation') {
      for (const before of bought) {
        if (before.buyer === one.buyer && before.revoked === Infinity) before.revoked = number;
      }
    } else {
      await startEra(number, Math.max(one.at + one.ahead, (eras.at(-1)?.from ?? 0) + 1));
    }
  }
  return { eras, bought, holdings, leaves, changes };
}

type World = Awaited<ReturnType<typeof live>>;

const eraAt = ({ eras }: World, slot: number) => eras.findLastIndex((era) => era.from <= slot);

/** Slots that somebody paid for, and was not cut off from before their era was announced. */
function entitledSlots(world: World, who: number): Set<number> {
  return new Set(
    range(0, lastSlot).filter((slot) => {
      const announced = world.eras[eraAt(world, slot)]?.announced ?? -1;
      return world.bought.some(
        (one) => one.buyer === who && one.from <= slot && slot < one.until && one.revoked > announced
      );
    })
  );
}

/** Slots that several can derive, who put together all they hold and try what comes to mind. */
function derivableSlots(world: World, who: readonly number[], method: Method): Set<number> {
  const seeds = new Map<number, Seed[]>();
  const leaves = who.flatMap((one) => world.holdings[one]?.leaves ?? []);
  for (const one of who) {
    for (const [era, held] of world.holdings[one]?.seeds ?? []) seeds.set(era, [...(seeds.get(era) ?? []), ...held]);
  }
  for (const change of world.changes) {
    for (const leaf of [...leaves, ...(who.length === 0 ? [] : forgedLeaves(world, leaves, method))]) {
      const opened = openOrNothing(change, leaf);
      if (opened !== undefined) seeds.set(opened.era, [...(seeds.get(opened.era) ?? []), ...opened.seeds]);
    }
  }
  for (const [era, held] of seeds) {
    const root = world.eras[era]?.root;
    for (const slot of [0, 7, 20, 33, 47]) {
      if (root === undefined || !holdsSlot(held, slot)) continue;
      expect(hexOf(slotKey(held, slot))).toBe(hexOf(slotKey([root], slot)));
    }
  }
  return new Set(range(0, lastSlot).filter((slot) => holdsSlot(seeds.get(eraAt(world, slot)) ?? [], slot)));
}

/** Other leaves of a bucket, where node keys would follow from those of nodes above them. */
function forgedLeaves(world: World, leaves: readonly LeafKeys[], method: Method): LeafKeys[] {
  return leaves.flatMap(({ bucketEnd, leaf, pathKeys }) =>
    [...(world.leaves.get(bucketEnd) ?? []).keys()]
      .filter((other) => other !== leaf)
      .map((other) => {
        const forged = Uint8Array.from(pathKeys);
        for (let level = 1; level <= leafDepth; level += 1) {
          const node = ancestorOf(other, level);
          if (ancestorOf(leaf, level).index === node.index) continue;
          const above = forged.subarray((level - 1) * nodeKeyBytes, level * nodeKeyBytes);
          forged.set(method === right ? nodeKey(above, node) : childOfParent(above, node), level * nodeKeyBytes);
        }
        return { bucketEnd, leaf: other, pathKeys: forged };
      })
  );
}

function openOrNothing(change: EraChange, leaf: LeafKeys) {
  try {
    return openEraChange(change, [leaf]);
  } catch (error) {
    if (error instanceof EraChangeUnopenableError) return undefined;
    throw error;
  }
}

const rootOf = (era: number) => rootSeed(new Uint8Array(32).fill(era + 1));
const range = (from: number, until: number) => Array.from({ length: Math.max(0, until - from) }, (_, i) => from + i);
const holding = (): Holding => ({ seeds: new Map(), leaves: [] });
const sorted = (slots: Iterable<number>) => [...slots].sort((a, b) => a - b);

const exactly = (method: Method) =>
  fc.asyncProperty(history, fc.subarray(buyers, { minLength: 2 }), async (happenings, colluders) => {
    const world = await live(happenings, method);
    for (const who of buyers) {
      expect(sorted(derivableSlots(world, [who], method))).toEqual(sorted(entitledSlots(world, who)));
    }
    const union = new Set(colluders.flatMap((who) => [...entitledSlots(world, who)]));
    expect(sorted(derivableSlots(world, colluders, method))).toEqual(sorted(union));
  });

const childOfParent = (above: Uint8Array, node: TreeNode) => nodeKey(above, node);
const chained = (secret: Uint8Array, node: TreeNode): Uint8Array => {
  const above =
    node.level === 0 ? secret : chained(secret, { level: node.level - 1, index: Math.floor(node.index / 2) });
  return childOfParent(above, node);
};

describe('licences, renewals, ends, revocations, joins and eras', () => {
  it('open to each buyer exactly what it paid for, and to colluders no more than to each of them', async () => {
    await fc.assert(exactly(right), { numRuns: 60 });
  });

  it.each<[string, Partial<Method>]>([
    [
      'a cover one leaf too wide',
      {
        coverOf: (leaves) => {
          const all = [...leaves];
          return coverOf(all.length === 0 ? all : [...all, (Math.max(...all) + 1) % leafCount]);
        }
      }
    ],
    [
      'a cover that fills a pair up, whoever the other is',
      {
        coverOf: (leaves) => coverOf([...leaves].flatMap((leaf) => [leaf - (leaf % 2), leaf - (leaf % 2) + 1]))
      }
    ],
    [
      'a cover of all leaves that nobody has yet',
      {
        coverOf: (leaves) => {
          const all = [...leaves];
          const next = Math.max(-1, ...all) + 1;
          return coverOf(all.length === 0 ? all : [...all, ...range(next, next + 64)]);
        }
      }
    ],
    ['a cover one leaf too narrow', { coverOf: (leaves) => coverOf([...leaves].slice(1)) }],
    ['a bucket end one slot too late', { bucketEndOf: (until, duration) => bucketEndOf(until, duration) + 1 }],
    ['children derived from their parents', { nodeKey: chained }]
  ])('would fail with %s', async (_, wrong) => {
    const result = await fc.check(exactly({ ...right, ...wrong }), { numRuns: 400, seed: 4, endOnFailure: true });
    expect(result.failed).toBe(true);
  });
});
