import { hexOf, bytesOf } from './binary.ts';
import type { Hex } from './primitives.ts';
import { PrivateKeyInvalidError, type EventSigner, type SignatureVerifier } from './signature.ts';

/** Kind of origin that is a public key on P-256 (secp256r1): 65 bytes, uncompressed (SEC 1), as WebCrypto exports it. */
export const p256OriginType = 'p256';

/** Loaded when the first signature of this kind comes: most events are signed on another curve. */
const curve = async () => (await import('@noble/curves/nist.js')).p256;

/**
 * Whether a key on P-256 signed bytes by ECDSA with SHA-256 (FIPS 186-5).
 *
 * @param signature - 64 bytes r, s. A high s is refused: it would be a second valid signature for the same message.
 * @param publicKey - 65 bytes, uncompressed. Other forms of the same point are refused: an origin has one name.
 */
export async function isP256Signature(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array
): Promise<boolean> {
  if (signature.length !== 64 || publicKey.length !== 65 || publicKey[0] !== 4) return false;
  const p256 = await curve();
  try {
    return p256.verify(signature, message, publicKey, { prehash: true, lowS: true, format: 'compact' });
  } catch {
    // Numbers outside their range, or a point that is not on the curve.
    return false;
  }
}

/** ECDSA on P-256 with SHA-256 over the payload, 64 bytes r, s with a low s; the origin is the raw key. */
export const p256Verifier: SignatureVerifier = {
  signatureType: 'p256',
  originType: p256OriginType,
  verify: (payload, signature, origin) => isP256Signature(payload, signature, bytesOf(origin))
};

/**
 * Signs with a private key on P-256 in memory.
 *
 * @param privateKey - 32 bytes as hex.
 * @throws {@link PrivateKeyInvalidError}
 */
export async function p256Signer(privateKey: Hex): Promise<EventSigner> {
  const p256 = await curve();
  const secret = /^0x[0-9a-fA-F]{64}$/.test(privateKey) ? bytesOf(privateKey) : new Uint8Array();
  if (!p256.utils.isValidSecretKey(secret)) {
    throw new PrivateKeyInvalidError('Give a P-256 private key: 0x and 64 hexadecimal digits, not zero.');
  }
  return {
    originType: p256OriginType,
    origin: hexOf(p256.getPublicKey(secret, false)),
    signatureType: p256Verifier.signatureType,
    sign: (payload) => Promise.resolve(p256.sign(payload, secret, { prehash: true, lowS: true, format: 'compact' }))
  };
}

/**
 * 64 bytes r, s with a low s of an ECDSA signature on P-256 as authenticators and certificates give it.
 *
 * @param signature - DER (SEC 1), or 64 bytes r, s.
 * @returns Undefined where it is neither.
 */
export async function compactP256Signature(signature: Uint8Array): Promise<Uint8Array | undefined> {
  const p256 = await curve();
  try {
    const parsed = p256.Signature.fromBytes(signature, signature.length === 64 ? 'compact' : 'der');
    const { r, s } = parsed;
    const low = parsed.hasHighS() ? new p256.Signature(r, p256.Point.Fn.neg(s)) : parsed;
    return low.toBytes('compact');
  } catch {
    return undefined;
  }
}
