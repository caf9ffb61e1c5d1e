import { sha256 } from '@noble/hashes/sha2.js';
import { BinaryReader, BinaryWriter, utf8 } from './binary.ts';
import { encodeSignedPart, type UnsignedEvent } from './event-encoding.ts';
import { eventLimits, type StreamEvent } from './event.ts';
import { signatureField } from './origin-certificate.ts';
import { checkSigner, type EventSigner, type SignatureVerifier } from './signature.ts';
import { TributaryError } from './problem.ts';
import { isSame, type ProvenBatch } from './verification-memory.ts';

/**
 * Batches: several events under one signature over the root of their Merkle tree. The tree is that of RFC 6962 (and RFC
 * 9162, 2.1): a leaf is SHA-256(0x00, signed part of the event), a node SHA-256(0x01, left, right), and the last node of
 * a level that has no partner moves up as it is. What is signed names the number of leaves besides the root, so that
 * place and proof of an event have one encoding, and begins with a tag of its own, so that no root is ever an event.
 *
 * SHA-256 and not Keccak-256: on chain it costs some 150 gas more per level, everywhere else it is four to ten times as
 * fast, and what devices and WebCrypto have.
 */

/** Most events under one signature: proofs have at most 10 hashes. */
export const batchLimit = 1024;

/** Added to the name of a way of signing: "secp256k1-merkle" is a secp256k1 signature over the root of a batch. */
export const batchSuffix = '-merkle';

/** The signature field of an event is no signature of a batch. */
export class BatchSignatureMalformedError extends TributaryError {
  readonly code = 'batch-signature-malformed';
  readonly title = 'The signature of the batch is malformed';
}

/** So many events cannot be signed at once. */
export class BatchSizeError extends TributaryError {
  readonly code = 'batch-size-invalid';
  readonly title = 'The batch is empty or too large';
}

/** SHA-256; servers bring a native one. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** What the signature field of an event of a batch holds. */
export interface BatchSignature {
  /** Leaves of the tree, 1 to 1,024. */
  readonly size: number;
  /** Place of this event among them, from 0. */
  readonly index: number;
  /** The hashes beside the path from the leaf to the root, 32 bytes each; as many as size and index ask for. */
  readonly proof: readonly Uint8Array[];
  /** Signature over {@link encodeBatchRoot}, of the kind that the signature type names before "-merkle". */
  readonly signature: Uint8Array;
}

const domain = utf8('tributary/event-batch');
const hashBytes = 32;
const refuse = (reason: string): never => {
  throw new BatchSignatureMalformedError(`Correct the signature of the batch: ${reason}.`);
};

/** What one signature of a batch covers: the domain tag, the number of leaves (u16), the root: 56 bytes. */
export function encodeBatchRoot(root: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  return new BinaryWriter(refuse, 64)
    .variable(domain, 1, 255, 'domain')
    .integer(size, 2, 'number of leaves')
    .fixed(root, hashBytes, 'root')
    .finish();
}

/**
 * The signature field of an event of a batch: u16 size, u16 index, the hashes of the proof, the signature.
 *
 * @throws {@link BatchSignatureMalformedError} where the parts do not fit each other.
 */
export function encodeBatchSignature(batch: BatchSignature): Uint8Array<ArrayBuffer> {
  checkPlace(batch.size, batch.index);
  const expected = proofLength(batch.size, batch.index);
  if (batch.proof.length !== expected) refuse(`the proof must have ${String(expected)} hashes`);
  if (batch.signature.length === 0) refuse('the signature of the root is empty');
  const writer = new BinaryWriter(refuse, 4 + hashBytes * expected + batch.signature.length)
    .integer(batch.size, 2, 'size')
    .integer(batch.index, 2, 'index');
  for (const hash of batch.proof) writer.fixed(hash, hashBytes, 'a hash of the proof');
  return writer.fixed(batch.signature, batch.signature.length, 'signature').finish();
}

/**
 * Reads the signature field of an event of a batch.
 *
 * @returns Proof and signature as views of the bytes.
 * @throws {@link BatchSignatureMalformedError} for everything that {@link encodeBatchSignature} does not write.
 */
export function decodeBatchSignature(bytes: Uint8Array): BatchSignature {
  if (bytes.length > eventLimits.signature) refuse(`it has more than ${String(eventLimits.signature)} bytes`);
  const reader = new BinaryReader(bytes, refuse);
  const size = reader.integer(2, 'size');
  const index = reader.integer(2, 'index');
  checkPlace(size, index);
  const proof: Uint8Array[] = [];
  const length = proofLength(size, index);
  while (proof.length < length) proof.push(reader.fixed(hashBytes, 'the proof'));
  const signature = bytes.subarray(4 + hashBytes * length);
  if (signature.length === 0) refuse('the signature of the root is empty');
  return { size, index, proof, signature };
}

/** The leaf of an event: SHA-256(0x00, its signed part). */
export function leafOf(payload: Uint8Array, hash: Sha256 = sha256): Uint8Array {
  const bytes = new Uint8Array(1 + payload.length);
  bytes.set(payload, 1);
  return hash(bytes);
}

/** A node above two others: SHA-256(0x01, left, right). */
export function nodeOf(left: Uint8Array, right: Uint8Array, hash: Sha256 = sha256): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * hashBytes);
  bytes[0] = 1;
  bytes.set(left, 1);
  bytes.set(right, 1 + hashBytes);
  return hash(bytes);
}

/** All levels of the tree, leaves first, the root alone in the last. */
export function merkleLevels(leaves: readonly Uint8Array[], hash: Sha256 = sha256): readonly (readonly Uint8Array[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1;) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = level.slice(at, at + 2);
      if (left !== undefined) above.push(right === undefined ? left : nodeOf(left, right, hash));
    }
    levels.push(above);
    level = above;
  }
  return levels;
}

/** The hashes beside the path of a leaf, from below. */
export function merkleProof(levels: readonly (readonly Uint8Array[])[], index: number): readonly Uint8Array[] {
  return levels.flatMap((level, height) => level[(index >> height) ^ 1] ?? []);
}

/** The root to which a proof leads. */
export function merkleRoot(leaf: Uint8Array, batch: BatchSignature, hash: Sha256 = sha256): Uint8Array {
  let node = leaf;
  for (const [sibling, { isRight }] of zip(batch.proof, pathOf(batch.size, batch.index))) {
    node = isRight ? nodeOf(sibling, node, hash) : nodeOf(node, sibling, hash);
  }
  return node;
}

/**
 * The verifier of batches that are signed in the way of another verifier. Where the caller brings a memory, the root of
 * a batch is checked once and the other events of the batch against the hashes that are known by then; the answer is
 * the same as without.
 *
 * @param base - Way of signing the root.
 * @param hash - SHA-256; servers bring a native one.
 */
export function batchVerifier(base: SignatureVerifier, hash: Sha256 = sha256): SignatureVerifier {
  const signatureType = `${base.signatureType}${batchSuffix}`;
  const { originType, subjectOf } = base;
  return {
    ...base,
    signatureType,
    verify: async (payload, field, origin, context) => {
      const batch = decoded(field);
      if (batch === undefined) return false;
      const leaf = leafOf(payload, hash);
      const kind = `${originType} ${signatureType}`;
      const { memory, timestamp = 0 } = context ?? {};
      const running = memory?.running(kind, origin, batch.size, batch.signature);
      // Not awaited where there is none: the next event of the batch must find this one running.
      if (running !== undefined) await running;
      const known = memory?.find(kind, origin, batch.size, batch.signature);
      const holds = known !== undefined && known.from <= timestamp && timestamp <= known.until;
      if (holds && isProven(leaf, batch, known, hash)) return true;
      const root = merkleRoot(leaf, batch, hash);
      const signed = encodeBatchRoot(root, batch.size);
      const answer = base.verify(signed, batch.signature, origin, context);
      if (typeof answer !== 'boolean') memory?.begin(kind, origin, batch.size, batch.signature, answer);
      if (!(typeof answer === 'boolean' ? answer : await answer)) return false;
      if (memory !== undefined) {
        learn(memory.keep(kind, origin, batch.size, batch.signature, root, timestamp), leaf, batch, hash);
      }
      return true;
    },
    ...(subjectOf === undefined
      ? {}
      : {
          subjectOf: (field, origin) => {
            const batch = decoded(field);
            return batch === undefined ? Promise.resolve(undefined) : subjectOf(batch.signature, origin);
          }
        })
  };
}

/**
 * Signs several events of one origin at once.
 *
 * @param unsigned - 1 to 1,024 events that name the signer's origin, and its signature type with "-merkle" behind it.
 * @throws {@link BatchSizeError}; SignerMismatchError; whatever the signer throws.
 */
export async function signEvents(unsigned: readonly UnsignedEvent[], signer: EventSigner): Promise<StreamEvent[]> {
  if (unsigned.length < 1 || unsigned.length > batchLimit) {
    throw new BatchSizeError(`Sign 1 to ${String(batchLimit)} events at once; these are ${String(unsigned.length)}.`);
  }
  const signatureType = `${signer.signatureType}${batchSuffix}`;
  for (const event of unsigned) checkSigner(event, { ...signer, signatureType });
  const levels = merkleLevels(unsigned.map((event) => leafOf(encodeSignedPart(event))));
  const root = levels.at(-1)?.[0] ?? new Uint8Array();
  const signature = await signer.sign(encodeBatchRoot(root, unsigned.length));
  return unsigned.map((event, index) => ({
    ...event,
    signature: signatureField(
      encodeBatchSignature({ size: unsigned.length, index, proof: merkleProof(levels, index), signature }),
      signer.certificate
    )
  }));
}

function checkPlace(size: number, index: number): void {
  if (size < 1 || size > batchLimit) refuse(`a batch has 1 to ${String(batchLimit)} events`);
  if (index >= size) refuse('the index lies behind the last event');
}

interface Step {
  /** Height of the node of which the sibling stands beside, 0 for leaves. */
  readonly height: number;
  /** Its place in its level. */
  readonly place: number;
  readonly isRight: boolean;
}

/** The nodes on the way from a leaf to the root that have a sibling. */
function pathOf(size: number, index: number): Step[] {
  const steps: Step[] = [];
  for (let [height, width, place] = [0, size, index]; width > 1; height += 1) {
    const isRight = place % 2 === 1;
    if (isRight || place + 1 < width) steps.push({ height, place, isRight });
    width = Math.ceil(width / 2);
    place >>= 1;
  }
  return steps;
}

const proofLength = (size: number, index: number): number => pathOf(size, index).length;

function* zip<A, B>(one: readonly A[], other: readonly B[]): Generator<readonly [A, B]> {
  for (const [at, first] of one.entries()) {
    const second = other[at];
    if (second !== undefined) yield [first, second];
  }
}

function decoded(field: Uint8Array): BatchSignature | undefined {
  try {
    return decodeBatchSignature(field);
  } catch (error) {
    if (error instanceof BatchSignatureMalformedError) return undefined;
    throw error;
  }
}

const keyOf = (height: number, place: number): number => height * batchLimit + place;

/**
 * Whether the proof leads to a hash that is known to stand in the tree, and beside it agrees with the others: then it
 * leads to the same root, since above a known hash everything is known. False where it does not; the caller then goes
 * the whole way.
 */
function isProven(leaf: Uint8Array, batch: BatchSignature, known: ProvenBatch, hash: Sha256): boolean {
  const found: (readonly [number, Uint8Array])[] = [];
  let node: Uint8Array | undefined = leaf;
  for (const [sibling, { height, place, isRight }] of zip(batch.proof, pathOf(batch.size, batch.index))) {
    if (node !== undefined) {
      const here = known.hashes.get(keyOf(height, place));
      if (here === undefined) {
        found.push([keyOf(height, place), node], [keyOf(height, place ^ 1), sibling]);
        node = isRight ? nodeOf(sibling, node, hash) : nodeOf(node, sibling, hash);
        continue;
      }
      if (!isSame(here, node)) return false;
      node = undefined;
    }
    const beside = known.hashes.get(keyOf(height, place ^ 1));
    if (beside === undefined || !isSame(beside, sibling)) return false;
  }
  if (node !== undefined && !isSame(node, known.root)) return false;
  for (const [key, value] of found) known.hashes.set(key, value.slice());
  return true;
}

/** Remembers all hashes of a proof that was found right. */
function learn(known: ProvenBatch, leaf: Uint8Array, batch: BatchSignature, hash: Sha256): void {
  let node = leaf;
  for (const [sibling, { height, place, isRight }] of zip(batch.proof, pathOf(batch.size, batch.index))) {
    known.hashes.set(keyOf(height, place), node);
    known.hashes.set(keyOf(height, place ^ 1), sibling.slice());
    node = isRight ? nodeOf(sibling, node, hash) : nodeOf(node, sibling, hash);
  }
}
