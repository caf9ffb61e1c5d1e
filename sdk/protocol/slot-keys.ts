import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { BinaryReader, BinaryWriter } from './binary.ts';
import { TributaryError } from './problem.ts';

/**
 * Keys for slots of time, after MARKS: Bob Briscoe, "MARKS: Zero Side Effect Multicast Key Management Using
 * Arbitrarily Revealed Key Sequences", NGC 1999, section 4 (binary hash tree). An era's random root is the top of a
 * binary tree over all 2^32 slots; each child is HMAC-SHA256(key = parent, message = its side: one byte, 0 left, 1
 * right); a leaf is the key of a slot. The nodes that cover a range of slots open exactly that range: children follow
 * from their parent, and the hash leads neither up nor sideways.
 */

/** Levels below the root. */
export const treeDepth = 32;
/** Slots of an era: 0 to slotCount - 1. */
export const slotCount = 2 ** treeDepth;
/** Bytes of a root, a seed's key and a slot key. */
export const keyBytes = 32;
/** Seeds that an encoding may hold; a range needs at most 62. */
const seedLimit = 1024;

/** A node of the tree with its key: opens all slots below it. */
export interface Seed {
  /** 0 is the root, 32 a leaf. */
  readonly depth: number;
  /** Place among the nodes of its depth, from the left: 0 to 2^depth - 1. */
  readonly index: number;
  /** 32 bytes. Secret. */
  readonly key: Uint8Array;
}

/** The seeds at hand do not open all slots that were asked for. */
export class RangeNotHeldError extends TributaryError {
  readonly code = 'range-not-held';
  readonly title = 'The keys of this time are not held';
  override readonly status = 403;
}

/** A slot or a range of slots that cannot exist. */
export class SlotInvalidError extends TributaryError {
  readonly code = 'slot-invalid';
  readonly title = 'The slot is not valid';
}

/** Bytes or nodes that are no ordered list of seeds. */
export class SeedsMalformedError extends TributaryError {
  readonly code = 'seeds-malformed';
  readonly title = 'The seeds are malformed';
}

const refuseSeeds = (reason: string): never => {
  throw new SeedsMalformedError(`Ask the issuer for another grant: ${reason}.`);
};

/** A fresh random root for an era: 32 bytes. */
export function generateRoot(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(keyBytes));
}

/**
 * The seed that opens all slots of an era.
 *
 * @param key - The era's root, 32 bytes.
 * @throws {@link SeedsMalformedError} where the key has another length.
 */
export function rootSeed(key: Uint8Array): Seed {
  if (key.length !== keyBytes) refuseSeeds(`a root has ${String(keyBytes)} bytes`);
  return { depth: 0, index: 0, key };
}

/**
 * The slot that contains a moment; slot 0 begins with the Unix epoch.
 *
 * @param timestampMs - Unix time in milliseconds.
 * @param slotDurationSeconds - Length of the stream's slots in seconds, a whole number.
 * @throws {@link SlotInvalidError} where there is no such slot.
 */
export function slotAt(timestampMs: number, slotDurationSeconds: number): number {
  if (!Number.isSafeInteger(slotDurationSeconds) || slotDurationSeconds < 1) {
    throw new SlotInvalidError('Give the slot duration as a whole number of seconds, 1 or more.');
  }
  const slot = Math.floor(timestampMs / (slotDurationSeconds * 1000));
  if (!(slot >= 0 && slot < slotCount)) {
    throw new SlotInvalidError(
      `Give a time between 1970 and the end of the last slot; ${String(timestampMs)} is outside.`
    );
  }
  return slot;
}

/** The first slot below a seed. */
export function firstSlotOf(seed: Omit<Seed, 'key'>): number {
  return seed.index * 2 ** (treeDepth - seed.depth);
}

/** The slot after the last one below a seed. */
export function endSlotOf(seed: Omit<Seed, 'key'>): number {
  return (seed.index + 1) * 2 ** (treeDepth - seed.depth);
}

/**
 * The fewest seeds that open exactly the slots from `fromSlot` up to but not including `untilSlot`, ordered by slot.
 * From a root or any ancestors that is the minimal cover of the range, at most 62 seeds; where only parts below a node
 * of that cover are held, those parts.
 *
 * @param held - Seeds at hand, in any order; they may overlap.
 * @returns An empty list for an empty range.
 * @throws {@link RangeNotHeldError} where some slot of the range is not below any held seed.
 * @throws {@link SlotInvalidError} where the bounds are no whole numbers, not ascending, or beyond the last slot.
 */
export function rangeSeeds(held: readonly Seed[], fromSlot: number, untilSlot: number): Seed[] {
  const valid = Number.isSafeInteger(fromSlot) && Number.isSafeInteger(untilSlot);
  if (!valid || fromSlot < 0 || fromSlot > untilSlot || untilSlot > slotCount) {
    throw new SlotInvalidError(
      `Give slots in ascending order; ${String(fromSlot)} to ${String(untilSlot)} is no range.`
    );
  }
  const cover: Seed[] = [];
  const visit = (depth: number, index: number, above: Seed | undefined, within: readonly Seed[]): void => {
    const node = { depth, index };
    const first = firstSlotOf(node);
    const end = endSlotOf(node);
    if (end <= fromSlot || first >= untilSlot) return;
    const seed = above ?? within.find((candidate) => candidate.depth === depth && candidate.index === index);
    const inside = fromSlot <= first && end <= untilSlot;
    if (inside && seed !== undefined) {
      cover.push(seed);
      return;
    }
    const below = seed === undefined ? within.filter((candidate) => contains(node, candidate)) : [];
    if (depth === treeDepth || (seed === undefined && below.length === 0)) {
      throw new RangeNotHeldError(
        `Get a grant for slots ${String(Math.max(first, fromSlot))} to ${String(Math.min(end, untilSlot) - 1)}: their keys are not held.`
      );
    }
    for (const side of [0, 1] as const) {
      const child = seed === undefined ? undefined : childOf(seed, side);
      visit(depth + 1, index * 2 + side, child, below);
    }
  };
  if (fromSlot < untilSlot) visit(0, 0, undefined, held);
  return cover;
}

/**
 * The key of one slot, 32 bytes. Costs up to 32 HMACs (about 0.1 ms): keep the key for as long as the slot lasts.
 *
 * @throws {@link RangeNotHeldError} where no held seed opens the slot.
 */
export function slotKey(held: readonly Seed[], slot: number): Uint8Array {
  // Of several the nearest takes the fewest steps.
  let seed = held
    .filter((candidate) => opens(candidate, slot))
    .reduce<Seed | undefined>((best, next) => (best === undefined || next.depth > best.depth ? next : best), undefined);
  if (seed === undefined) throw new RangeNotHeldError(`Get a grant for slot ${String(slot)}: its key is not held.`);
  while (seed.depth < treeDepth) {
    const offset = slot - firstSlotOf(seed);
    seed = childOf(seed, offset < 2 ** (treeDepth - seed.depth - 1) ? 0 : 1);
  }
  return seed.key;
}

/** Whether the key of a slot can be derived. */
export function holdsSlot(held: readonly Seed[], slot: number): boolean {
  return held.some((seed) => opens(seed, slot));
}

/** Whether seeds, ordered by slot, open exactly the slots of a range: none less, none more. */
export function coversExactly(seeds: readonly Seed[], fromSlot: number, untilSlot: number): boolean {
  let next = fromSlot;
  for (const seed of seeds) {
    if (firstSlotOf(seed) !== next) return false;
    next = endSlotOf(seed);
  }
  return next === untilSlot;
}

/**
 * Seeds as bytes: a 2-byte count, then for each its depth (1 byte), index (4 bytes) and key (32 bytes).
 *
 * @throws {@link SeedsMalformedError} where they are not ordered by slot, overlap, or are more than 1,024.
 */
export function encodeSeeds(seeds: readonly Seed[]): Uint8Array<ArrayBuffer> {
  if (seeds.length > seedLimit) refuseSeeds(`more than ${String(seedLimit)} seeds`);
  checkSeeds(seeds);
  const writer = new BinaryWriter(refuseSeeds, 2 + 37 * seeds.length).integer(seeds.length, 2, 'count of seeds');
  for (const seed of seeds) {
    writer.integer(seed.depth, 1, 'depth').integer(seed.index, 4, 'index').fixed(seed.key, keyBytes, 'key');
  }
  return writer.finish();
}

/**
 * Reads what {@link encodeSeeds} wrote; the keys are copies.
 *
 * @throws {@link SeedsMalformedError} where the bytes are anything else.
 */
export function decodeSeeds(bytes: Uint8Array): Seed[] {
  const reader = new BinaryReader(bytes, refuseSeeds);
  const count = reader.integer(2, 'count of seeds');
  if (count > seedLimit) refuseSeeds(`more than ${String(seedLimit)} seeds`);
  const seeds: Seed[] = [];
  for (let number = 0; number < count; number += 1) {
    const depth = reader.integer(1, 'depth');
    const index = reader.integer(4, 'index');
    seeds.push({ depth, index, key: reader.fixed(keyBytes, 'key').slice() });
  }
  reader.end();
  checkSeeds(seeds);
  return seeds;
}

/**
 * Seeds of a known range as bytes: a 2-byte count, then for each its depth (1 byte) and key (32 bytes). Where each one
 * lies follows from those before it, since together they open exactly the range.
 *
 * @throws {@link SeedsMalformedError} where the seeds open anything but the range, or are more than 1,024.
 */
export function encodeRangeSeeds(seeds: readonly Seed[], fromSlot: number, untilSlot: number): Uint8Array<ArrayBuffer> {
  if (seeds.length > seedLimit) refuseSeeds(`more than ${String(seedLimit)} seeds`);
  checkSeeds(seeds);
  if (!coversExactly(seeds, fromSlot, untilSlot)) refuseSeeds('the seeds do not open exactly the range');
  const writer = new BinaryWriter(refuseSeeds, 2 + 33 * seeds.length).integer(seeds.length, 2, 'count of seeds');
  for (const seed of seeds) writer.integer(seed.depth, 1, 'depth').fixed(seed.key, keyBytes, 'key');
  return writer.finish();
}

/**
 * Reads what {@link encodeRangeSeeds} wrote from where the reader stands; the keys are copies.
 *
 * @throws {@link SeedsMalformedError} where the seeds do not open exactly the range.
 */
export function readRangeSeeds(reader: BinaryReader, fromSlot: number, untilSlot: number): Seed[] {
  const count = reader.integer(2, 'count of seeds');
  if (count > seedLimit) refuseSeeds(`more than ${String(seedLimit)} seeds`);
  const seeds: Seed[] = [];
  let next = fromSlot;
  for (let number = 0; number < count; number += 1) {
    const depth = reader.integer(1, 'depth');
    const index = next / 2 ** (treeDepth - depth);
    if (!Number.isSafeInteger(index)) refuseSeeds('no seed of this depth begins here');
    const seed = { depth, index, key: reader.fixed(keyBytes, 'key').slice() };
    seeds.push(seed);
    next = endSlotOf(seed);
  }
  checkSeeds(seeds);
  if (next !== untilSlot) refuseSeeds('the seeds do not open exactly the range');
  return seeds;
}

function checkSeeds(seeds: readonly Seed[]): void {
  let next = 0;
  for (const seed of seeds) {
    if (seed.depth > treeDepth || seed.index >= 2 ** seed.depth) refuseSeeds('a node lies outside the tree');
    if (firstSlotOf(seed) < next) refuseSeeds('the seeds overlap or are out of order');
    next = endSlotOf(seed);
  }
}

function childOf(seed: Seed, side: 0 | 1): Seed {
  return {
    depth: seed.depth + 1,
    index: seed.index * 2 + side,
    key: hmac(sha256, seed.key, Uint8Array.of(side))
  };
}

function contains(node: Omit<Seed, 'key'>, other: Omit<Seed, 'key'>): boolean {
  return other.depth >= node.depth && firstSlotOf(node) <= firstSlotOf(other) && endSlotOf(other) <= endSlotOf(node);
}

function opens(seed: Seed, slot: number): boolean {
  return Number.isSafeInteger(slot) && firstSlotOf(seed) <= slot && slot < endSlotOf(seed);
}
