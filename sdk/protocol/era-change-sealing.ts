import { gcm } from '@noble/ciphers/aes';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { BinaryReader, BinaryWriter, bytesOf, hexOf, utf8 } from './binary.ts';
import { coverOf, nodeCovers, nodeKey, nodeKeyBytes, type TreeNode } from './complete-subtree.ts';
import { type EraChangeHeader, encodeEraChangeHeader, encodeEraChangeSignedPart } from './era-change-encoding.ts';
import {
  type BucketChange,
  bucketKeyBytes,
  type EraChange,
  EraChangeMalformedError,
  eraChangeVersion,
  nodeNumber,
  saltBytes
} from './era-change.ts';
import { accountOf, isSignedBy, type LeafKeys } from './grant-sealing.ts';
import type { Address } from './primitives.ts';
import { TributaryError } from './problem.ts';
import type { EventSigner } from './signature.ts';
import { encodeRangeSeeds, rangeSeeds, readRangeSeeds, type Seed } from './slot-keys.ts';

/** HKDF's info begins with what the key is for. */
const wrapDomain = utf8('tributary/era-change/wrap');
const sealDomain = utf8('tributary/era-change/seal');
const earlierDomain = utf8('tributary/era-change/earlier');
/** The key of a seal is used once, so its nonce may be fixed. */
const nonce = new Uint8Array(12);

const refuse = (reason: string): never => {
  throw new EraChangeMalformedError(`Correct the era change: ${reason}.`);
};

/** The path keys do not open an era change that covers their leaf. */
export class EraChangeUnopenableError extends TributaryError {
  readonly code = 'era-change-unopenable';
  readonly title = 'The era change cannot be opened';
  override readonly status = 403;
}

/** Who is to go on reading, in one expiry bucket. */
export interface BucketMembers {
  /** First slot that the bucket does not open any more. */
  readonly end: number;
  /** Secret of the bucket, see bucketSecret. */
  readonly secret: Uint8Array;
  /**
   * Leaves of the licences that hold every slot from the change's first one to the bucket's end: assigned, not revoked,
   * and begun. Nobody else gets anything.
   */
  readonly leaves: Iterable<number>;
}

/** What to change. */
export interface MakeEraChangeParameters {
  readonly stream: Address;
  readonly era: number;
  /** First slot to open. */
  readonly fromSlot: number;
  /** First slot not to open any more, such as the end of what the issuer holds. */
  readonly untilSlot: number;
  /** Seeds of the new era at hand, for the whole range. */
  readonly seeds: readonly Seed[];
  /** In any order. Those that ended and those without leaves are left out. */
  readonly buckets: readonly BucketMembers[];
  /** For test vectors only: the salt and the latest bucket's key, 16 bytes each. Random when absent. */
  readonly randomness?: { readonly salt: Uint8Array; readonly bucketKey: Uint8Array };
}

/** How leaves are covered and nodes are keyed. Tests put wrong ways in its place, to see that they are noticed. */
export interface SubtreeMethod {
  readonly coverOf: (leaves: Iterable<number>) => TreeNode[];
  readonly nodeKey: (secret: Uint8Array, node: TreeNode) => Uint8Array;
}

/**
 * Makes an era change: the new era's seeds for exactly the leaves that are named, bucket by bucket. A bucket opens
 * everything up to its end, so its key also gives the keys of the buckets that end earlier, by a one-way chain.
 *
 * @param signer - The issuer: a secp256k1 account.
 * @returns Undefined where no bucket has anybody who is to go on.
 * @throws RangeNotHeldError where the seeds do not open the range; SlotInvalidError where it is no range;
 * LeafInvalidError; {@link EraChangeMalformedError}; IssuerInvalidError.
 */
export async function makeEraChange(
  parameters: MakeEraChangeParameters,
  signer: EventSigner,
  method: SubtreeMethod = { coverOf, nodeKey }
): Promise<EraChange | undefined> {
  const { stream, era, fromSlot, untilSlot, seeds, randomness } = parameters;
  const issuer = accountOf(signer);
  const salt = randomness?.salt ?? crypto.getRandomValues(new Uint8Array(saltBytes));
  const header: EraChangeHeader = { version: eraChangeVersion, stream, era, fromSlot, untilSlot, salt: hexOf(salt) };
  const running = parameters.buckets
    .filter(({ end }) => end > fromSlot)
    .map(({ end, secret, leaves }) => ({ end, secret, cover: method.coverOf(leaves) }))
    .filter(({ cover }) => cover.length > 0)
    .sort((a, b) => a.end - b.end);
  const buckets: BucketChange[] = [];
  let key = randomness?.bucketKey ?? crypto.getRandomValues(new Uint8Array(bucketKeyBytes));
  for (let place = running.length - 1; place >= 0; place -= 1) {
    const bucket = running[place];
    if (bucket === undefined) continue;
    const [first, end] = segmentOf(header, running, place);
    const sealed = sealSeeds(header, bucket.end, key, encodeRangeSeeds(rangeSeeds(seeds, first, end), first, end));
    const wraps = bucket.cover.map((node) => ({
      node,
      wrapped: combine(key, padOf(header, bucket.end, node, method.nodeKey(bucket.secret, node)))
    }));
    buckets.unshift({ end: bucket.end, sealed, wraps });
    key = earlierKeyOf(header, key);
  }
  if (buckets.length === 0) return undefined;
  const unsigned = { ...header, buckets, issuer };
  return { ...unsigned, signature: hexOf(await signer.sign(encodeEraChangeSignedPart(unsigned))) };
}

/** Whether the issuer that an era change names signed it. Whether that issuer may issue is another question. */
export function verifyEraChangeSignature(change: EraChange): boolean {
  return isSignedBy(change.issuer, () => encodeEraChangeSignedPart(change), change.signature);
}

/** What an era change brings to a licence. */
export interface OpenedEraChange {
  readonly era: number;
  readonly fromSlot: number;
  /** First slot that the seeds do not open. */
  readonly untilSlot: number;
  /** Of exactly this range, ordered by slot. Secret. */
  readonly seeds: readonly Seed[];
}

/** Whether an era change has something for a leaf; everybody can see that. */
export function eraChangeCovers(change: EraChange, bucketEnd: number, leaf: number): boolean {
  const bucket = change.buckets.find(({ end }) => end === bucketEnd);
  return bucket?.wraps.some(({ node }) => nodeCovers(node, leaf)) ?? false;
}

/**
 * Opens an era change with what came with grants; nothing else need be remembered, however many eras went by.
 *
 * @param leaves - Path keys out of the licensee's grants on this stream. Of several, the one that opens most is used.
 * @returns Undefined where it has nothing for any of the leaves: licences that ended or were cut off, or that have the
 * new era's seeds by a grant of their own.
 * @throws {@link EraChangeUnopenableError} where the path keys are not those of their leaf, or the seeds inside are not
 * those of the range.
 */
export function openEraChange(change: EraChange, leaves: readonly LeafKeys[]): OpenedEraChange | undefined {
  for (let place = change.buckets.length - 1; place >= 0; place -= 1) {
    const bucket = change.buckets[place];
    if (bucket === undefined) continue;
    for (const { bucketEnd, leaf, pathKeys } of leaves) {
      if (bucketEnd !== bucket.end) continue;
      const wrap = bucket.wraps.find(({ node }) => nodeCovers(node, leaf));
      if (wrap === undefined) continue;
      const at = wrap.node.level * nodeKeyBytes;
      const pad = padOf(change, bucket.end, wrap.node, pathKeys.subarray(at, at + nodeKeyBytes));
      return openBuckets(change, place, combine(wrap.wrapped, pad));
    }
  }
  return undefined;
}

/** The key of the bucket before, for whoever holds a bucket's: 16 bytes. */
export function earlierKeyOf(header: EraChangeHeader, bucketKey: Uint8Array): Uint8Array {
  return derive(header, bucketKey, earlierDomain, []);
}

/**
 * What hides a bucket key below a node: 16 bytes that are used once, since the salt is fresh. Wrapping is adding them
 * bit by bit. That the result is right is seen when the seeds open, which are authenticated; and all of it is signed.
 */
export function padOf(header: EraChangeHeader, bucketEnd: number, node: TreeNode, key: Uint8Array): Uint8Array {
  return derive(header, key, wrapDomain, [bucketEnd, nodeNumber(node)]);
}

/** AES-128-GCM's key for the seeds of a bucket. */
export function sealKeyOf(header: EraChangeHeader, bucketEnd: number, bucketKey: Uint8Array): Uint8Array {
  return derive(header, bucketKey, sealDomain, [bucketEnd]);
}

function openBuckets(change: EraChange, last: number, lastKey: Uint8Array): OpenedEraChange {
  let key = lastKey;
  let seeds: Seed[] = [];
  try {
    for (let place = last; place >= 0; place -= 1) {
      const bucket = change.buckets[place];
      if (bucket === undefined) continue;
      const [first, end] = segmentOf(change, change.buckets, place);
      const reader = new BinaryReader(openSeeds(change, bucket, key), refuse);
      seeds = [...readRangeSeeds(reader, first, end), ...seeds];
      reader.end();
      key = earlierKeyOf(change, key);
    }
  } catch (cause) {
    throw new EraChangeUnopenableError('Ask the issuer for a grant in this era: the path keys do not open it.', {
      cause
    });
  }
  const [, untilSlot] = segmentOf(change, change.buckets, last);
  return { era: change.era, fromSlot: change.fromSlot, untilSlot, seeds };
}

/** The slots that a bucket adds to those of the bucket before it: first, and first not any more. */
function segmentOf(
  header: EraChangeHeader,
  buckets: readonly { readonly end: number }[],
  place: number
): [number, number] {
  const first = buckets[place - 1]?.end ?? header.fromSlot;
  const end = buckets[place]?.end ?? header.untilSlot;
  return [Math.min(first, header.untilSlot), Math.min(end, header.untilSlot)];
}

function sealSeeds(header: EraChangeHeader, end: number, key: Uint8Array, plaintext: Uint8Array): Uint8Array {
  return gcm(sealKeyOf(header, end, key), nonce, encodeEraChangeHeader(header)).encrypt(plaintext);
}

function openSeeds(header: EraChangeHeader, { end, sealed }: BucketChange, key: Uint8Array): Uint8Array {
  return gcm(sealKeyOf(header, end, key), nonce, encodeEraChangeHeader(header)).decrypt(sealed);
}

/** HKDF-SHA256 (RFC 5869) with the change's salt; info is the domain, the stream, the era, and 8 bytes per number. */
function derive(header: EraChangeHeader, key: Uint8Array, domain: Uint8Array, numbers: readonly number[]): Uint8Array {
  const info = new BinaryWriter(refuse, 96)
    .variable(domain, 1, 255, 'domain')
    .hex(header.stream, 20, 'stream')
    .integer(header.era, 4, 'era');
  for (const number of numbers) info.integer(number, 8, 'number');
  return hkdf(sha256, key, bytesOf(header.salt), info.finish(), bucketKeyBytes);
}

function combine(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, place) => byte ^ (b[place] ?? 0));
}
