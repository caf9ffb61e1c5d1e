import { hash } from 'node:crypto';
import { signedPrefix } from '#sdk/protocol/event-encoding';
import { batchLimit, encodeBatchRoot } from '#sdk/protocol/signature-batch';
import type { Entry } from './store/event-store.ts';

const hashBytes = 32;
/** Size and index stand before the hashes of a proof. */
const placeBytes = 4;

/** A batch whose events are all there, in order: what its one signature has to cover. */
export interface WholeBatch {
  /** Events. */
  readonly size: number;
  readonly root: Uint8Array;
  readonly signature: Uint8Array;
}

/** Events of the batch that an event says it is the first of; 0 if it is the first of none. */
export function batchBegunBy({ signature }: { readonly signature: Uint8Array }): number {
  const size = ((signature[0] ?? 0) << 8) | (signature[1] ?? 0);
  return size <= batchLimit && signature[2] === 0 && signature[3] === 0 ? size : 0;
}

/**
 * Looks for a batch that begins at `from` and is there as a whole. Its tree is built once out of its events, two hashes
 * per event instead of a proof's length of them, and what every event carries must be what that tree says, byte for
 * byte: so the answer is that of verifying each event by itself.
 *
 * @param entries Events of one origin and way of signing.
 * @returns Undefined where the batch is not whole or something in it is not right: verify event by event then.
 */
export function findWholeBatch(entries: readonly Entry[], from: number): WholeBatch | undefined {
  const first = entries[from]?.event;
  const size = first === undefined ? 0 : batchBegunBy(first);
  if (first === undefined || size < 2 || from + size > entries.length) return undefined;
  const widths = widthsOf(size);
  const tree = Buffer.allocUnsafe(widths.reduce((sum, width) => sum + width, 0) * hashBytes);
  for (let index = 0; index < size; index += 1) {
    const entry = entries[from + index];
    if (entry !== undefined) writeLeaf(tree, index, entry);
  }
  for (let [level, start] = [0, 0]; level < widths.length - 1; level += 1) {
    const width = widths[level] ?? 0;
    const above = start + width;
    for (let place = 0; place < width; place += 2) {
      if (place + 1 < width) writeNode(tree, start + place, above + place / 2);
      else tree.copy(tree, (above + place / 2) * hashBytes, (start + place) * hashBytes, (start + width) * hashBytes);
    }
    start = above;
  }
  // The proof of the first leaf is the longest: it has a sibling in every level.
  const signature = first.signature.subarray(placeBytes + (widths.length - 1) * hashBytes);
  const field = Buffer.allocUnsafe(first.signature.length);
  field.writeUInt16BE(size, 0);
  for (let index = 0; index < size; index += 1) {
    field.writeUInt16BE(index, 2);
    let at = placeBytes;
    for (let [level, start, place] = [0, 0, index]; level < widths.length - 1; level += 1, place >>= 1) {
      const width = widths[level] ?? 0;
      const sibling = place ^ 1;
      if (sibling < width) {
        tree.copy(field, at, (start + sibling) * hashBytes, (start + sibling + 1) * hashBytes);
        at += hashBytes;
      }
      start += width;
    }
    const given = entries[from + index]?.event.signature ?? field;
    field.set(signature, at);
    if (field.compare(given, 0, given.length, 0, at + signature.length) !== 0) return undefined;
  }
  return { size, root: tree.subarray(tree.length - hashBytes), signature };
}

/** What the signature of a batch covers. */
export const signedRootOf = ({ root, size }: WholeBatch): Uint8Array => encodeBatchRoot(root, size);

/** Nodes of each level, leaves first, the root last. */
function widthsOf(size: number): number[] {
  const widths = [size];
  for (let width = size; width > 1; widths.push(width)) width = Math.ceil(width / 2);
  return widths;
}

/** Grown as needed, used again for every hash. */
let scratch = Buffer.alloc(4_096);

function writeLeaf(tree: Buffer, place: number, { event, bytes }: Entry): void {
  const length = 1 + signedPrefix.length + bytes.length - 2 - event.signature.length;
  if (scratch.length < length) scratch = Buffer.alloc(2 * length);
  scratch.set(signedPrefix, 1);
  scratch[0] = 0;
  scratch.set(bytes.subarray(0, length - 1 - signedPrefix.length), 1 + signedPrefix.length);
  writeHash(tree, place, scratch.subarray(0, length));
}

function writeNode(tree: Buffer, left: number, above: number): void {
  scratch[0] = 1;
  tree.copy(scratch, 1, left * hashBytes, (left + 2) * hashBytes);
  writeHash(tree, above, scratch.subarray(0, 1 + 2 * hashBytes));
}

/** A digest as text is had in half the time that a buffer of its own takes. */
function writeHash(tree: Buffer, place: number, bytes: Uint8Array): void {
  tree.write(hash('sha256', bytes, 'binary'), place * hashBytes, hashBytes, 'binary');
}
