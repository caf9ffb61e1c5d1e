import { createRequire } from 'node:module';
import type { Hex } from '#sdk/protocol/primitives';
import { type EventSigner, personalMessageHash, privateKeySigner } from '#sdk/protocol/signature';

/** The call that an issuer needs of the package secp256k1, which carries no types. */
interface NativeSecp256k1 {
  /** Deterministic (RFC 6979), with a low s. @returns r and s in 64 bytes, and the recovery bit. */
  ecdsaSign(digest: Uint8Array, privateKey: Uint8Array): { signature: Uint8Array; recid: number };
}

function loadNative(): NativeSecp256k1 | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as NativeSecp256k1;
  } catch {
    // No binary for this platform: the portable signer does the same, slower.
    return undefined;
  }
}

const native = loadNative();

/**
 * Signs with a private key in memory, on the native library where the platform has one: the same signatures as
 * privateKeySigner.
 *
 * @param privateKey 32 bytes as hex.
 * @throws PrivateKeyInvalidError
 */
export function nativeSigner(privateKey: Hex): EventSigner {
  const portable = privateKeySigner(privateKey);
  if (native === undefined) return portable;
  const secret = new Uint8Array(Buffer.from(privateKey.slice(2), 'hex'));
  return {
    ...portable,
    sign: (payload) => {
      const { signature, recid } = native.ecdsaSign(personalMessageHash(payload), secret);
      return Promise.resolve(Uint8Array.from([...signature, 27 + recid]));
    }
  };
}
