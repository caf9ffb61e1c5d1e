import * as z from 'zod';
import { leafDepth, type TreeNode } from './complete-subtree.ts';
import { type Address, addressSchema, type Hex, hexUpTo } from './primitives.ts';
import { TributaryError } from './problem.ts';

export const eraChangeVersion = 1;
/** Bytes of an era change in its binary form; 1,000,000 subscribers of whom 10,000 are cut off stay below. */
export const eraChangeLimit = 8 * 1024 * 1024;
/** Bytes of the salt, which is fresh for each era change. */
export const saltBytes = 16;
/** Bytes of a bucket key, and of one that is wrapped. */
export const bucketKeyBytes = 16;
/** Expiry buckets of one era change: those of 400 days. */
export const bucketLimit = 400 * 24 + 1;

/** A bucket key, wrapped for whoever sits below one node of the bucket's tree. */
export interface BucketKeyWrap {
  readonly node: TreeNode;
  /** 16 bytes. */
  readonly wrapped: Uint8Array;
}

/** What an era change brings to the licences of one expiry bucket. */
export interface BucketChange {
  /** First slot that the bucket does not open any more. */
  readonly end: number;
  /**
   * Seeds of the slots from the end of the bucket before it (or from the change's first slot), sealed under the bucket
   * key. What comes before opens with the keys of earlier buckets, which follow from this one's.
   */
  readonly sealed: Uint8Array;
  /** Of the nodes that cover exactly the leaves of those who are still entitled, from the left. */
  readonly wraps: readonly BucketKeyWrap[];
}

/**
 * A new era of a stream, with its seeds for all running licences of some expiry buckets, but not for those that were cut
 * off. Public; what opens it are the path keys that came with a grant, see complete-subtree.ts.
 */
export interface EraChange {
  readonly version: 1;
  readonly stream: Address;
  readonly era: number;
  /** First slot that it opens. */
  readonly fromSlot: number;
  /** First slot that it does not open to anybody any more: buckets that end later are opened as far as this. */
  readonly untilSlot: number;
  /** 16 random bytes. */
  readonly salt: Hex;
  /** By their ends, ascending. */
  readonly buckets: readonly BucketChange[];
  readonly issuer: Address;
  /** secp256k1 signature (EIP-191) of the issuer over everything above, 65 bytes. */
  readonly signature: Hex;
}

/** Bytes or fields that are no era change. */
export class EraChangeMalformedError extends TributaryError {
  readonly code = 'era-change-malformed';
  readonly title = 'The era change is malformed';
}

const slot = z
  .int()
  .min(0)
  .max(2 ** 32);
const base64 = z.string().max(Math.ceil(eraChangeLimit / 3) * 4);

/** The JSON form: the same fields; seeds and wraps in base64, a wrap being 4 bytes 2^level + index, then the key. */
export const eraChangeJsonSchema = z.object({
  version: z.literal(eraChangeVersion),
  stream: addressSchema,
  era: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
  fromSlot: slot,
  untilSlot: slot,
  salt: hexUpTo(saltBytes),
  buckets: z.array(z.object({ end: slot, sealed: base64, wraps: base64 })).max(bucketLimit),
  issuer: addressSchema,
  signature: hexUpTo(65)
});
export type EraChangeJson = z.infer<typeof eraChangeJsonSchema>;

/** Places the node of a tree in one number: 1 is the root. */
export function nodeNumber(node: TreeNode): number {
  return 2 ** node.level + node.index;
}

/** The node of a number, undefined where there is none. */
export function nodeOfNumber(number: number): TreeNode | undefined {
  const level = 31 - Math.clz32(number);
  return level < 0 || level > leafDepth ? undefined : { level, index: number - 2 ** level };
}
