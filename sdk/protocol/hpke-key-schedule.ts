import { bytesOf, hexOf, utf8 } from './binary.ts';
import { PublicKeyInvalidError, type Seal } from './hpke.ts';

/**
 * Sealing by RFC 9180 over whatever cryptography a platform has of its own: the same suite as hpke.ts, base mode, DHKEM
 * (X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, byte for byte the same. An issuer that seals to thousands cannot wait
 * for X25519 in JavaScript.
 */

/** A key pair that is used for one message. */
export interface EphemeralKeyPair {
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
  /** X25519 with somebody's public key; 32 bytes each. May throw where that has a low order. */
  agree(publicKey: Uint8Array): Uint8Array;
}

/** What a platform must bring. */
export interface HpkePrimitives {
  /** An X25519 key pair: of this private key of 32 bytes, or a random one. */
  keyPairOf(privateKey: Uint8Array | undefined): EphemeralKeyPair;
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  /** AES-256-GCM: the ciphertext with 16 bytes of tag behind it. */
  encrypt(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, additionalData: Uint8Array): Uint8Array;
}

const keyBytes = 32;
const nonceBytes = 12;
const version = utf8('HPKE-v1');
/** Section 4.1 and 5.1: what is computed for is part of every computation. */
const kemSuite = concatenated(utf8('KEM'), Uint8Array.of(0x00, 0x20));
const hpkeSuite = concatenated(utf8('HPKE'), Uint8Array.of(0x00, 0x20, 0x00, 0x01, 0x00, 0x02));
const nothing = new Uint8Array();

/** HPKE sealing on a platform's own primitives. The result throws as seal of hpke.ts does. */
export function createSeal(primitives: HpkePrimitives): Seal {
  const { hmacSha256 } = primitives;
  const extract = (suite: Uint8Array, salt: Uint8Array, label: string, material: Uint8Array) =>
    hmacSha256(salt, concatenated(version, suite, utf8(label), material));
  // Nothing longer than one hash is needed.
  const expand = (suite: Uint8Array, key: Uint8Array, label: string, context: Uint8Array, length: number) => {
    const info = concatenated(Uint8Array.of(0, length), version, suite, utf8(label), context);
    return hmacSha256(key, concatenated(info, Uint8Array.of(1))).slice(0, length);
  };
  const pskIdHash = extract(hpkeSuite, nothing, 'psk_id_hash', nothing);

  const sealNow: (...parameters: Parameters<Seal>) => Awaited<ReturnType<Seal>> = (parameters) => {
    const { plaintext, info, additionalData, ephemeralKeyMaterial } = parameters;
    const recipient = bytesOf(parameters.recipient);
    const ephemeral = primitives.keyPairOf(
      ephemeralKeyMaterial === undefined
        ? undefined
        : expand(kemSuite, extract(kemSuite, nothing, 'dkp_prk', ephemeralKeyMaterial), 'sk', nothing, keyBytes)
    );
    const encapsulation = ephemeral.publicKey;
    const agreed = agreeOrRefuse(ephemeral, recipient);
    const context = concatenated(encapsulation, recipient);
    const shared = expand(kemSuite, extract(kemSuite, nothing, 'eae_prk', agreed), 'shared_secret', context, keyBytes);
    const schedule = concatenated(Uint8Array.of(0), pskIdHash, extract(hpkeSuite, nothing, 'info_hash', info));
    const secret = extract(hpkeSuite, shared, 'secret', nothing);
    const key = expand(hpkeSuite, secret, 'key', schedule, keyBytes);
    const nonce = expand(hpkeSuite, secret, 'base_nonce', schedule, nonceBytes);
    const ciphertext = primitives.encrypt(key, nonce, plaintext, additionalData);
    return { encapsulation: hexOf(encapsulation), ciphertext };
  };
  return (parameters) =>
    new Promise((resolve) => {
      resolve(sealNow(parameters));
    });
}

function agreeOrRefuse(ephemeral: EphemeralKeyPair, publicKey: Uint8Array): Uint8Array {
  const message = 'Give an X25519 public key: nothing can be sealed to this one.';
  try {
    const agreed = ephemeral.agree(publicKey);
    // Section 7.1.4: a point of low order shares the same secret with everybody.
    if (agreed.length === keyBytes && agreed.some((byte) => byte !== 0)) return agreed;
  } catch (cause) {
    throw new PublicKeyInvalidError(message, { cause });
  }
  throw new PublicKeyInvalidError(message);
}

function concatenated(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
