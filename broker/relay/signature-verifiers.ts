import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { contractVerifier, type AccountSignatureReader } from '#sdk/protocol/contract-signature';
import { verifiers } from '#sdk/protocol/event-verification';
import type { Hex } from '#sdk/protocol/primitives';
import {
  addressOfPublicKey,
  personalMessageHash,
  secp256k1Verifier,
  type SignatureVerifier
} from '#sdk/protocol/signature';
import { batchVerifier, type Sha256 } from '#sdk/protocol/signature-batch';

/** The call that the broker needs of the package secp256k1, which carries no types. */
interface NativeSecp256k1 {
  /** @returns The uncompressed public key, 65 bytes. Throws where nothing can be recovered. */
  ecdsaRecover(signature: Uint8Array, recoveryId: number, digest: Uint8Array, compressed: false): Uint8Array;
}

/** Half the order of the curve: a larger s is the second signature of the same message (EIP-2). */
const largestS = Buffer.from('7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0', 'hex');

/** The native binding, some 25 times as fast as the portable one; undefined where the platform has none. */
function loadNative(): NativeSecp256k1 | undefined {
  try {
    return createRequire(import.meta.url)('secp256k1/bindings.js') as NativeSecp256k1;
  } catch {
    // No binary for this platform: the verifier of the protocol does the same, slower.
    return undefined;
  }
}

const nativeSha256: Sha256 = (bytes) => createHash('sha256').update(bytes).digest();

/** The protocol's verifier of secp256k1 signatures, on the native library. */
function nativeVerifier(native: NativeSecp256k1): SignatureVerifier {
  return {
    signatureType: secp256k1Verifier.signatureType,
    originType: secp256k1Verifier.originType,
    verify: (payload: Uint8Array, signature: Uint8Array, origin: Hex) => {
      const v = signature[64];
      if (signature.length !== 65 || (v !== 27 && v !== 28)) return false;
      if (largestS.compare(signature, 32, 64) < 0) return false;
      try {
        const digest = personalMessageHash(payload);
        return addressOfPublicKey(native.ecdsaRecover(signature.subarray(0, 64), v - 27, digest, false)) === origin;
      } catch {
        // r or s outside their range, or no such point: no signature of anybody.
        return false;
      }
    }
  };
}

/**
 * The verifiers of events that the broker uses: the protocol's table with the native ones in front.
 *
 * @param reader Asks the chain about accounts that are contracts; without one their signatures are not known.
 * @returns Whether the native library is in use, and the table.
 */
export function createVerifiers(reader?: AccountSignatureReader): {
  native: boolean;
  table: readonly SignatureVerifier[];
} {
  const native = loadNative();
  const front = [native === undefined ? secp256k1Verifier : nativeVerifier(native)];
  if (reader !== undefined) front.push(contractVerifier(reader));
  return {
    native: native !== undefined,
    table: [...front, ...front.map((verifier) => batchVerifier(verifier, nativeSha256)), ...verifiers]
  };
}
