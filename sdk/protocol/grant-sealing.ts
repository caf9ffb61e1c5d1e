import { BinaryReader, BinaryWriter, bytesOf, hexOf, utf8 } from './binary.ts';
import { pathKeysBytes } from './complete-subtree.ts';
import { type BucketLeaf, sealedSeedsLimit, type Delegation, type Grant } from './grant.ts';
import { open, seal, type KeyPair, type Seal } from './hpke.ts';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';
import { personalMessageHash, recoverAddress, type EventSigner } from './signature.ts';
import {
  coversExactly,
  decodeSeeds,
  encodeRangeSeeds,
  encodeSeeds,
  rangeSeeds,
  readRangeSeeds,
  type Seed
} from './slot-keys.ts';

/** What names a grant or a delegation; HPKE binds the seeds to it. */
export type GrantHeader = Pick<
  Grant,
  'version' | 'stream' | 'era' | 'fromSlot' | 'untilSlot' | 'licensee' | 'offerId' | 'bucket'
>;
export type DelegationHeader = Pick<
  Delegation,
  'version' | 'stream' | 'era' | 'fromSlot' | 'untilSlot' | 'issuer' | 'delegator'
>;

/** The grant cannot be opened with this key, or does not hold what it says. */
export class GrantUnopenableError extends TributaryError {
  readonly code = 'grant-unopenable';
  readonly title = 'The grant cannot be opened';
  override readonly status = 403;
}

/** The delegation cannot be opened with this key, or does not hold what it says. */
export class DelegationUnopenableError extends TributaryError {
  readonly code = 'delegation-unopenable';
  readonly title = 'The delegation cannot be opened';
  override readonly status = 403;
}

/** A field of a grant or a delegation is outside its limits. */
export class GrantMalformedError extends TributaryError {
  readonly code = 'grant-malformed';
  readonly title = 'The grant is malformed';
}

/** The signer is no account: grants are signed by accounts of the chain. */
export class IssuerInvalidError extends TributaryError {
  readonly code = 'issuer-invalid';
  readonly title = 'This signer cannot issue';
}

/** HPKE's info, and the first bytes of what is signed. */
const grantDomain = utf8('tributary/grant');
const delegationDomain = utf8('tributary/delegation');

const refuse = (reason: string): never => {
  throw new GrantMalformedError(`Correct the grant: ${reason}.`);
};

/** What to grant. */
export interface SealGrantParameters {
  readonly stream: Address;
  readonly era: number;
  /** First slot to open. */
  readonly fromSlot: number;
  /** First slot not to open any more. */
  readonly untilSlot: number;
  readonly licensee: Address;
  /** Offer id of the licence; 32 zero bytes where the licensee reads by a permission of its own. */
  readonly offerId: Hex;
  /** The licensee's X25519 public key. */
  readonly recipient: Hex;
  /** Seeds at hand; no more of them is sealed than the range. */
  readonly seeds: readonly Seed[];
  /** The leaf at which the licence sits, so that era changes open for it; without one the grant is of version 1. */
  readonly leaf?: LeafKeys | undefined;
  /** For test vectors only, see SealParameters. */
  readonly ephemeralKeyMaterial?: Uint8Array<ArrayBuffer>;
}

/** A leaf of an expiry bucket, with what its licensee holds for later era changes. */
export interface LeafKeys {
  /** First slot that the bucket does not open any more. */
  readonly bucketEnd: number;
  readonly leaf: number;
  /** Keys of the nodes from the root to the leaf, see pathKeysOf. Secret. */
  readonly pathKeys: Uint8Array;
}

/** What is in a grant. */
export interface GrantContent {
  /** Seeds that open exactly the slots that the grant names. Secret. */
  readonly seeds: Seed[];
  /** Of version 2. */
  readonly leaf: LeafKeys | undefined;
}

/**
 * Makes a grant: seals the seeds of exactly the range to the licensee's key, with the path keys of its leaf if it has
 * one, and signs all of it.
 *
 * @param signer - The issuer: a secp256k1 account.
 * @param sealing - HPKE; a platform may bring its own.
 * @throws RangeNotHeldError where the seeds do not open the range; SlotInvalidError where it is no range;
 * PublicKeyInvalidError where nothing can be sealed to the key; {@link IssuerInvalidError}.
 */
export async function sealGrant(
  parameters: SealGrantParameters,
  signer: EventSigner,
  sealing: Seal = seal
): Promise<Grant> {
  const { stream, era, fromSlot, untilSlot, licensee, offerId, recipient, leaf } = parameters;
  const issuer = accountOf(signer);
  const range = { stream, era, fromSlot, untilSlot, licensee, offerId };
  const header: GrantHeader =
    leaf === undefined
      ? { version: 1, ...range }
      : { version: 2, ...range, bucket: { end: leaf.bucketEnd, leaf: leaf.leaf } };
  const sealed = await sealRange(parameters, header, grantDomain, encodeGrantHeader(header), sealing);
  const unsigned = { ...header, recipient, ...sealed, issuer };
  return { ...unsigned, signature: hexOf(await signer.sign(encodeGrantSignedPart(unsigned))) };
}

/**
 * Opens a grant for its seeds alone, see {@link openGrantContent}.
 *
 * @returns Seeds that open exactly the slots that the grant names.
 * @throws {@link GrantUnopenableError}
 */
export async function openGrant(grant: Grant, keyPair: KeyPair): Promise<Seed[]> {
  return (await openGrantContent(grant, keyPair)).seeds;
}

/**
 * Opens a grant.
 *
 * @param keyPair - The licensee's key pair, to whose public key the grant was sealed.
 * @returns Its seeds, and of version 2 the path keys of its leaf, which are to be kept as long as the seeds.
 * @throws {@link GrantUnopenableError}
 */
export async function openGrantContent(grant: Grant, keyPair: KeyPair): Promise<GrantContent> {
  try {
    return await openRange(grant, keyPair, grantDomain, encodeGrantHeader(grant));
  } catch (cause) {
    if (!(cause instanceof TributaryError)) throw cause;
    throw new GrantUnopenableError(
      'Open the grant with the key that was registered with the purchase; if it was, ask the seller for a new grant.',
      { cause }
    );
  }
}

/** Whether the issuer that a grant names signed it. Whether that issuer may issue is another question. */
export function verifyGrantSignature(grant: Grant): Promise<boolean> {
  return Promise.resolve(isSignedBy(grant.issuer, () => encodeGrantSignedPart(grant), grant.signature));
}

/** What to delegate. */
export interface SealDelegationParameters {
  readonly stream: Address;
  readonly era: number;
  /** First slot that the issuer may grant. */
  readonly fromSlot: number;
  /** First slot that it may not grant any more. */
  readonly untilSlot: number;
  /** Account of the issuer that is trusted. */
  readonly issuer: Address;
  /** The issuer's X25519 public key. */
  readonly recipient: Hex;
  /** Seeds at hand, such as the era's root; no more of them is sealed than the range. */
  readonly seeds: readonly Seed[];
  /** For test vectors only, see SealParameters. */
  readonly ephemeralKeyMaterial?: Uint8Array<ArrayBuffer>;
}

/**
 * Makes a delegation: seals the seeds of exactly the range to the issuer's key, and signs all of it.
 *
 * @param signer - The delegator: a secp256k1 account that owns the stream or holds its Grant permission.
 * @throws As {@link sealGrant}.
 */
export async function sealDelegation(parameters: SealDelegationParameters, signer: EventSigner): Promise<Delegation> {
  const { stream, era, fromSlot, untilSlot, issuer, recipient } = parameters;
  const delegator = accountOf(signer);
  const header: DelegationHeader = { version: 1, stream, era, fromSlot, untilSlot, issuer, delegator };
  const sealed = await sealRange(parameters, header, delegationDomain, encodeDelegationHeader(header), seal);
  const unsigned = { ...header, recipient, ...sealed };
  return { ...unsigned, signature: hexOf(await signer.sign(encodeDelegationSignedPart(unsigned))) };
}

/**
 * Opens a delegation.
 *
 * @param keyPair - The issuer's key pair.
 * @returns Seeds that open exactly the slots that the delegation names.
 * @throws {@link DelegationUnopenableError}
 */
export async function openDelegation(delegation: Delegation, keyPair: KeyPair): Promise<Seed[]> {
  try {
    return (await openRange(delegation, keyPair, delegationDomain, encodeDelegationHeader(delegation))).seeds;
  } catch (cause) {
    if (!(cause instanceof TributaryError)) throw cause;
    throw new DelegationUnopenableError("Delegate anew, sealed to the issuer's present public key.", { cause });
  }
}

/** Whether the delegator that a delegation names signed it. Whether it may delegate is for the chain to say. */
export function verifyDelegationSignature(delegation: Delegation): Promise<boolean> {
  const payload = () => encodeDelegationSignedPart(delegation);
  return Promise.resolve(isSignedBy(delegation.delegator, payload, delegation.signature));
}

/**
 * What the issuer signs: the header, recipient, encapsulation, ciphertext, issuer.
 *
 * @throws {@link GrantMalformedError}
 */
export function encodeGrantSignedPart(grant: Omit<Grant, 'signature'>): Uint8Array {
  const writer = new BinaryWriter(refuse, 2048).variable(grantDomain, 1, 255, 'domain');
  writeGrantHeader(writer, grant);
  return writeSealed(writer, grant).hex(grant.issuer, 20, 'issuer').finish();
}

/**
 * What the delegator signs: the header, recipient, encapsulation, ciphertext.
 *
 * @throws {@link GrantMalformedError}
 */
export function encodeDelegationSignedPart(delegation: Omit<Delegation, 'signature'>): Uint8Array {
  const writer = new BinaryWriter(refuse, 2048).variable(delegationDomain, 1, 255, 'domain');
  writeDelegationHeader(writer, delegation);
  return writeSealed(writer, delegation).finish();
}

/** HPKE's additional data of a grant: version, stream, era, range, licensee, offer id; of version 2 bucket end, leaf. */
export function encodeGrantHeader(grant: GrantHeader): Uint8Array {
  return writeGrantHeader(new BinaryWriter(refuse, 128), grant).finish();
}

/** HPKE's additional data of a delegation: version, stream, era, range, issuer, delegator. */
export function encodeDelegationHeader(delegation: DelegationHeader): Uint8Array {
  return writeDelegationHeader(new BinaryWriter(refuse, 128), delegation).finish();
}

function writeGrantHeader(writer: BinaryWriter, grant: GrantHeader): BinaryWriter {
  writeRange(writer, grant).hex(grant.licensee, 20, 'licensee').hex(grant.offerId, 32, 'offer id');
  if ((grant.version === 2) !== (grant.bucket !== undefined)) refuse('version 2 names a bucket, version 1 none');
  if (grant.bucket === undefined) return writer;
  return writer.integer(grant.bucket.end, 8, 'end of the bucket').integer(grant.bucket.leaf, 4, 'leaf');
}

function writeDelegationHeader(writer: BinaryWriter, delegation: DelegationHeader): BinaryWriter {
  return writeRange(writer, delegation).hex(delegation.issuer, 20, 'issuer').hex(delegation.delegator, 20, 'delegator');
}

type Range = Pick<Grant, 'version' | 'stream' | 'era' | 'fromSlot' | 'untilSlot'> & {
  readonly bucket?: BucketLeaf | undefined;
};

function writeRange(writer: BinaryWriter, range: Range): BinaryWriter {
  // 8 bytes, since the end may be 2^32.
  return writer
    .integer(range.version, 1, 'version')
    .hex(range.stream, 20, 'stream')
    .integer(range.era, 4, 'era')
    .integer(range.fromSlot, 8, 'first slot')
    .integer(range.untilSlot, 8, 'end slot');
}

function writeSealed(
  writer: BinaryWriter,
  sealed: Pick<Grant, 'recipient' | 'encapsulation' | 'ciphertext'>
): BinaryWriter {
  return writer
    .hex(sealed.recipient, 32, 'recipient')
    .hex(sealed.encapsulation, 32, 'encapsulation')
    .variable(bytesOf(sealed.ciphertext), 4, sealedSeedsLimit, 'ciphertext');
}

async function sealRange(
  parameters: Pick<SealGrantParameters, 'recipient' | 'seeds' | 'leaf' | 'ephemeralKeyMaterial'>,
  range: Range,
  info: Uint8Array,
  additionalData: Uint8Array,
  sealing: Seal
): Promise<{ encapsulation: Hex; ciphertext: Hex }> {
  const { recipient, leaf, ephemeralKeyMaterial } = parameters;
  const seeds = rangeSeeds(parameters.seeds, range.fromSlot, range.untilSlot);
  const plaintext = leaf === undefined ? encodeSeeds(seeds) : encodeSeedsWithPath(range, seeds, leaf.pathKeys);
  const sealed = await sealing({ recipient, plaintext, info, additionalData, ephemeralKeyMaterial });
  return { encapsulation: sealed.encapsulation, ciphertext: hexOf(sealed.ciphertext) };
}

/** What version 2 seals: the seeds of the range, see encodeRangeSeeds, and the 21 path keys of 16 bytes. */
function encodeSeedsWithPath(range: Range, seeds: readonly Seed[], pathKeys: Uint8Array): Uint8Array {
  const encoded = encodeRangeSeeds(seeds, range.fromSlot, range.untilSlot);
  return new BinaryWriter(refuse, encoded.length + pathKeysBytes)
    .fixed(encoded, encoded.length, 'seeds')
    .fixed(pathKeys, pathKeysBytes, 'path keys')
    .finish();
}

async function openRange(
  sealed: Range & Pick<Grant, 'encapsulation' | 'ciphertext'>,
  keyPair: KeyPair,
  info: Uint8Array,
  additionalData: Uint8Array
): Promise<GrantContent> {
  const ciphertext = bytesOf(sealed.ciphertext);
  if (ciphertext.length > sealedSeedsLimit) refuse('more seeds than a range can need');
  const { privateKey } = keyPair;
  const plaintext = await open({ privateKey, encapsulation: sealed.encapsulation, ciphertext, info, additionalData });
  if (sealed.bucket === undefined) {
    const seeds = decodeSeeds(plaintext);
    if (!coversExactly(seeds, sealed.fromSlot, sealed.untilSlot)) {
      refuse('its seeds do not open the range that it names');
    }
    return { seeds, leaf: undefined };
  }
  const reader = new BinaryReader(plaintext, refuse);
  const seeds = readRangeSeeds(reader, sealed.fromSlot, sealed.untilSlot);
  const pathKeys = reader.fixed(pathKeysBytes, 'path keys').slice();
  reader.end();
  return { seeds, leaf: { bucketEnd: sealed.bucket.end, leaf: sealed.bucket.leaf, pathKeys } };
}

/** Whether an account made this secp256k1 signature (EIP-191) over a payload; false where there is no such payload. */
export function isSignedBy(account: Address, payload: () => Uint8Array, signature: Hex): boolean {
  try {
    return recoverAddress(personalMessageHash(payload()), bytesOf(signature)) === account;
  } catch (error) {
    if (error instanceof TributaryError) return false;
    throw error;
  }
}

/** The account of an issuer or delegator. @throws {@link IssuerInvalidError} */
export function accountOf(signer: EventSigner): Address {
  if (signer.originType !== 'address' || signer.signatureType !== 'secp256k1') {
    throw new IssuerInvalidError('Sign with a secp256k1 account of the chain.');
  }
  return signer.origin;
}
