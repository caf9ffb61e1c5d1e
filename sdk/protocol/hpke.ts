import { Aes256Gcm, CipherSuite, HkdfSha256 } from '@hpke/core';
import { DhkemX25519HkdfSha256 } from '@hpke/dhkem-x25519';
import { x25519 } from '@noble/curves/ed25519.js';
import { bytesOf, hexOf } from './binary.ts';
import type { Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';

/**
 * Hybrid public key encryption, RFC 9180, base mode, single shot: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001,
 * AES-256-GCM 0x0002. X25519 is computed here rather than by WebCrypto, which does not have it everywhere.
 */

/** An X25519 key pair. */
export interface KeyPair {
  /** 32 bytes as hex. */
  readonly publicKey: Hex;
  /** 32 bytes. Secret. */
  readonly privateKey: Uint8Array;
}

/** The key is no X25519 key, or one that shares secrets with everybody. */
export class PublicKeyInvalidError extends TributaryError {
  readonly code = 'public-key-invalid';
  readonly title = 'The public key is not valid';
}

/** An X25519 private key has 32 bytes. */
export class PrivateKeyLengthError extends TributaryError {
  readonly code = 'private-key-length';
  readonly title = 'The private key is not valid';
}

/** The message was sealed to another key, or something about it was changed. */
export class SealBrokenError extends TributaryError {
  readonly code = 'seal-broken';
  readonly title = 'The sealed message cannot be opened';
  override readonly status = 403;
}

/** The suite; made on first use, so that importing this file has no side effects. */
let suite: CipherSuite | undefined;
function hpkeSuite(): CipherSuite {
  suite ??= new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  return suite;
}

/** A fresh random key pair. */
export function generateKeyPair(): Promise<KeyPair> {
  return Promise.resolve(keyPairOf(crypto.getRandomValues(new Uint8Array(32))));
}

/**
 * The key pair of a private key that was kept.
 *
 * @param privateKey - 32 bytes.
 * @throws {@link PrivateKeyLengthError}
 */
export function keyPairOf(privateKey: Uint8Array): KeyPair {
  if (privateKey.length !== 32) {
    throw new PrivateKeyLengthError(`Give 32 bytes as X25519 private key; these are ${String(privateKey.length)}.`);
  }
  return { publicKey: hexOf(x25519.getPublicKey(privateKey)), privateKey };
}

/** What is sealed, to whom, and what it is bound to. */
export interface SealParameters {
  /** X25519 public key, 32 bytes as hex. */
  readonly recipient: Hex;
  readonly plaintext: Uint8Array;
  /** What both sides know the message to be for; RFC 9180's `info`. */
  readonly info: Uint8Array;
  /** Public data that cannot be changed without breaking the seal. */
  readonly additionalData: Uint8Array;
  /** For test vectors only: RFC 9180's `ikmE`, 32 bytes. Random when absent, as it must be for every real message. */
  readonly ephemeralKeyMaterial?: Uint8Array<ArrayBuffer> | undefined;
}

export interface Sealed {
  /** RFC 9180's `enc`: 32 bytes as hex. */
  readonly encapsulation: Hex;
  /** 16 bytes longer than the plaintext. */
  readonly ciphertext: Uint8Array;
}

/** A way to seal, such as {@link seal}, or a platform's own of the same suite. */
export type Seal = (parameters: SealParameters) => Promise<Sealed>;

/**
 * Seals a message so that only the holder of the recipient's private key can open it.
 *
 * @throws {@link PublicKeyInvalidError}
 */
export async function seal(parameters: SealParameters): Promise<Sealed> {
  const hpke = hpkeSuite();
  try {
    const recipientPublicKey = await hpke.kem.deserializePublicKey(bytesOf(parameters.recipient));
    const ekm = parameters.ephemeralKeyMaterial;
    const sealed = await hpke.seal(
      { recipientPublicKey, info: parameters.info, ...(ekm === undefined ? {} : { ekm: ekm.buffer }) },
      parameters.plaintext,
      parameters.additionalData
    );
    return { encapsulation: hexOf(new Uint8Array(sealed.enc)), ciphertext: new Uint8Array(sealed.ct) };
  } catch (cause) {
    throw new PublicKeyInvalidError('Give an X25519 public key: nothing can be sealed to this one.', { cause });
  }
}

export interface OpenParameters extends Sealed {
  readonly privateKey: Uint8Array;
  readonly info: Uint8Array;
  readonly additionalData: Uint8Array;
}

/**
 * Opens what was sealed to a key.
 *
 * @returns The plaintext.
 * @throws {@link SealBrokenError} where key, encapsulation, info, additional data or ciphertext are not those of the
 * sealing.
 */
export async function open(parameters: OpenParameters): Promise<Uint8Array> {
  const hpke = hpkeSuite();
  try {
    const recipientKey = await hpke.kem.deserializePrivateKey(parameters.privateKey);
    const plaintext = await hpke.open(
      { recipientKey, enc: bytesOf(parameters.encapsulation), info: parameters.info },
      parameters.ciphertext,
      parameters.additionalData
    );
    return new Uint8Array(plaintext);
  } catch (cause) {
    throw new SealBrokenError('Use the private key to which the message was sealed; this one does not open it.', {
      cause
    });
  }
}
