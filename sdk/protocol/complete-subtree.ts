import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { BinaryWriter, utf8 } from './binary.ts';
import { TributaryError } from './problem.ts';

/**
 * The complete-subtree method: Naor, Naor, Lotspiech, "Revocation and Tracing Schemes for Stateless Receivers", CRYPTO
 * 2001, section 3.1. Every licence of an expiry bucket sits at a leaf of a binary tree and holds the keys of all nodes
 * from the root to its leaf. Whatever is wrapped under the nodes that cover a set of leaves is open to exactly those.
 *
 * Node keys are independent of each other: each is derived from the bucket's secret, which only the issuer has, and
 * never from the key of another node. Whoever held a parent could otherwise derive its children, leaves of others among
 * them.
 */

/** Levels below the root. */
export const leafDepth = 20;
/** Leaves of a bucket: 0 to leafCount - 1. */
export const leafCount = 2 ** leafDepth;
/** Bytes of a node key. */
export const nodeKeyBytes = 16;
/** Bytes of the keys from the root to a leaf. */
export const pathKeysBytes = (leafDepth + 1) * nodeKeyBytes;

const bucketDomain = utf8('tributary/bucket');

/** A node of the tree. */
export interface TreeNode {
  /** 0 is the root, 20 a leaf. */
  readonly level: number;
  /** Place among the nodes of its level, from the left. */
  readonly index: number;
}

/** A leaf or a node that the tree does not have. */
export class LeafInvalidError extends TributaryError {
  readonly code = 'leaf-invalid';
  readonly title = 'There is no such leaf';
}

const refuse = (reason: string): never => {
  throw new LeafInvalidError(`Give a node of the tree: ${reason}.`);
};

/**
 * The secret from which all node keys of one bucket come.
 *
 * @param streamSecret - The issuer's secret for the stream, 32 bytes.
 * @param bucketEnd - First slot that the bucket does not open any more.
 * @returns 32 bytes. Secret: it is the key of every leaf.
 */
export function bucketSecret(streamSecret: Uint8Array, bucketEnd: number): Uint8Array {
  const message = new BinaryWriter(refuse, 32).variable(bucketDomain, 1, 255, 'domain').integer(bucketEnd, 8, 'bucket');
  return hmac(sha256, streamSecret, message.finish());
}

/** HMAC-SHA256 of the bucket's secret over level (1 byte) and index (4 bytes), cut to 16 bytes. */
export function nodeKey(secret: Uint8Array, node: TreeNode): Uint8Array {
  checkNode(node);
  const message = new BinaryWriter(refuse, 5).integer(node.level, 1, 'level').integer(node.index, 4, 'index').finish();
  return hmac(sha256, secret, message).subarray(0, nodeKeyBytes);
}

/**
 * What a licence at a leaf holds: the keys of the nodes from the root to the leaf, 21 of 16 bytes one after the other.
 *
 * @throws {@link LeafInvalidError}
 */
export function pathKeysOf(secret: Uint8Array, leaf: number, keyOf: typeof nodeKey = nodeKey): Uint8Array {
  checkNode({ level: leafDepth, index: leaf });
  const keys = new Uint8Array(pathKeysBytes);
  for (let level = 0; level <= leafDepth; level += 1) {
    keys.set(keyOf(secret, ancestorOf(leaf, level)), level * nodeKeyBytes);
  }
  return keys;
}

/** The node of a level that is above a leaf. */
export function ancestorOf(leaf: number, level: number): TreeNode {
  return { level, index: Math.floor(leaf / 2 ** (leafDepth - level)) };
}

/** Whether a leaf lies below a node, or is it. */
export function nodeCovers(node: TreeNode, leaf: number): boolean {
  return ancestorOf(leaf, node.level).index === node.index;
}

/** The first leaf below a node. */
export function firstLeafOf(node: TreeNode): number {
  return node.index * 2 ** (leafDepth - node.level);
}

/** The leaf after the last one below a node. */
export function endLeafOf(node: TreeNode): number {
  return (node.index + 1) * 2 ** (leafDepth - node.level);
}

/** Whether two nodes have the same parent, and `left` is its left child. */
export function areSiblings(left: TreeNode, right: TreeNode): boolean {
  return left.level === right.level && left.level > 0 && left.index % 2 === 0 && right.index === left.index + 1;
}

/**
 * The fewest nodes below which lie exactly these leaves, from the left. At most r log2(n / r) of them where r of n
 * neighbouring leaves are left out (section 3.1 of the paper). A leaf that nobody has yet is not to be among them: who
 * gets it later could read what was before.
 *
 * @throws {@link LeafInvalidError}
 */
export function coverOf(leaves: Iterable<number>): TreeNode[] {
  const given = [...leaves];
  for (const leaf of given) checkNode({ level: leafDepth, index: leaf });
  // A node as 2^level + index: its parent is half of it, and siblings differ by one, the right one being odd.
  const cover: number[] = [];
  let previous = -1;
  for (const leaf of Uint32Array.from(given).sort()) {
    if (leaf === previous) continue;
    previous = leaf;
    let node = leafCount + leaf;
    for (; node > 1 && node % 2 === 1 && cover.at(-1) === node - 1; node = (node - 1) / 2) cover.pop();
    cover.push(node);
  }
  return cover.map((node) => {
    const level = 31 - Math.clz32(node);
    return { level, index: node - 2 ** level };
  });
}

function checkNode({ level, index }: TreeNode): void {
  const valid = Number.isSafeInteger(level) && Number.isSafeInteger(index);
  if (!valid || level < 0 || level > leafDepth || index < 0 || index >= 2 ** level) {
    refuse(`${String(index)} at level ${String(level)} is outside`);
  }
}
