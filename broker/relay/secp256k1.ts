import { createRequire } from 'node:module';
import type { Hex } from '#sdk/protocol/primitives';
import {
  addressOfPublicKey,
  personalMessageHash,
  secp256k1Verifier,
  type SignatureVerifier
} from '#sdk/protocol/signature';

/** The call that the broker needs of the package secp256k1, which carries no types. */
interface NativeSecp256k1 {
  /** @returns The uncompressed public key, 65 bytes. Throws where nothing can be recovered. */
  ecdsaRecover(signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: false): Uint8Array;
}

/** Half the order of the curve: a larger s is the second signature of the same message (EIP-2). */
const largestS = Buffer.from('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0', 'hex');

/** Public keys remembered by their accounts, so that an account that signs often is hashed once. */
const mostKeys = 10_000;

/** The native binding, some 25 times as fast as the portable one; undefined where the platform has none. */
function loadNative(): NativeSecp256k1 | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as NativeSecp256k1;
  } catch {
    // No binary for this platform: the verifier of the protocol does the same, slower.
    return undefined;
  }
}

/** The protocol's verifier of secp256k1 signatures, on the native library. */
function nativeVerifier(library: NativeSecp256k1): SignatureVerifier {
  const keys = new Map<Hex, Uint8Array>();
  return {
    signatureType: secp256k1Verifier.signatureType,
    originType: secp256k1Verifier.originType,
    verify: (payload: Uint8Array, signature: Uint8Array, origin: Hex) => {
      const v = signature[64];
      if (signature.length !== 65 || (v !== 27 && v !== 28)) return false;
      if (largestS.compare(signature, 32, 64) < 0) return false;
      let key: Uint8Array;
      try {
        key = library.ecdsaRecover(signature.subarray(0, 64), v - 27, personalMessageHash(payload), false);
      } catch {
        // r or s outside their range, or no such point: no signature of anybody.
        return false;
      }
      const known = keys.get(origin);
      // This very key was hashed before.
      if (known !== undefined && Buffer.compare(known, key) === 0) return true;
      if (addressOfPublicKey(key) !== origin) return false;
      if (keys.size >= mostKeys) keys.clear();
      keys.set(origin, key);
      return true;
    }
  };
}

/**
 * The verifier of secp256k1 signatures that this machine has: the native one, or the protocol's own.
 *
 * @returns Whether the native library is in use, and the verifier, which answers at once.
 */
export function secp256k1OfMachine(): { native: boolean; verifier: SignatureVerifier } {
  const library = loadNative();
  return library === undefined
    ? { native: false, verifier: secp256k1Verifier }
    : { native: true, verifier: nativeVerifier(library) };
}
