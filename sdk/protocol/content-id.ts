import { sha256 as hashSha256 } from '@noble/hashes/sha2.js';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import * as digest from 'multiformats/hashes/digest';
import { bytesOf, hexOf } from './binary.ts';
import type { Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';

/** Multicodec of SHA2-256. */
const sha256Code = 0x12;

/** Not a CID of a single raw block: version 1, codec raw, SHA2-256, base32. */
export class ContentIdInvalidError extends TributaryError {
  readonly code = 'content-id-invalid';
  readonly title = 'The content id is not valid';
}

/** SHA-256 of bytes: 32 bytes as hex, the form in which contracts keep documents. */
export function sha256(bytes: Uint8Array): Hex {
  return hexOf(hashSha256(bytes));
}

/** The CID of bytes as one raw block: what `ipfs add --cid-version=1` gives for up to 256 KiB. */
export function contentIdOf(bytes: Uint8Array): string {
  return contentIdOfDigest(sha256(bytes));
}

/**
 * The CID that belongs to a SHA-256 found on chain.
 *
 * @param bytes32 - 32 bytes as hex.
 * @throws {@link ContentIdInvalidError} where these are not 32 bytes.
 */
export function contentIdOfDigest(bytes32: Hex): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(bytes32))
    throw new ContentIdInvalidError('Give a SHA-256: 0x and 64 hexadecimal digits.');
  return CID.createV1(raw.code, digest.create(sha256Code, bytesOf(bytes32))).toString();
}

/**
 * The SHA-256 inside a CID: 32 bytes as hex.
 *
 * @param cid - A CID as {@link contentIdOf} writes it; other encodings of the same CID are refused.
 * @throws {@link ContentIdInvalidError}
 */
export function digestOf(cid: string): Hex {
  try {
    const parsed = CID.parse(cid);
    const { code, digest: bytes } = parsed.multihash;
    const single = parsed.version === 1 && parsed.code === raw.code && code === sha256Code && bytes.length === 32;
    if (single && parsed.toString() === cid) return hexOf(bytes);
  } catch (cause) {
    throw new ContentIdInvalidError(rule, { cause });
  }
  throw new ContentIdInvalidError(rule);
}

const rule = 'Give the CID of a single raw block: version 1, codec raw, SHA2-256, in base32 (it begins with bafkrei).';
