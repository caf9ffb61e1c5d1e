import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { bytesOf, hexOf, utf8 } from './binary.ts';
import { encodeSignedPart, type UnsignedEvent } from './event-encoding.ts';
import type { StreamEvent } from './event.ts';
import type { VerificationMemory } from './verification-memory.ts';
import { signatureField, type OriginCertificate } from './origin-certificate.ts';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';

/** Whoever can sign events as one origin: a key in memory, a wallet, a device. */
export interface EventSigner {
  readonly originType: string;
  readonly origin: Hex;
  readonly signatureType: string;
  /** Where the origin is no account: what an account with Write says of it. Every event carries it. */
  readonly certificate?: OriginCertificate;
  /** @param payload - The canonical signed part, not its hash. */
  sign(payload: Uint8Array): Promise<Uint8Array>;
}

/** What a verifier may want to know besides payload, signature and origin. */
export interface VerificationContext {
  /** Unix time in milliseconds at which the signature has to be good: the event's timestamp. */
  readonly timestamp: number;
  /** What was verified before, to be spared a second time. */
  readonly memory?: VerificationMemory | undefined;
}

/** One way of signing. A new one is a file of its own and a line in the table of event-verification.ts. */
export interface SignatureVerifier {
  readonly signatureType: string;
  readonly originType: string;
  /** Checking asks the chain: whoever is asked by strangers asks for their permission first. */
  readonly asksChain?: boolean;
  /** Whether `origin` signed `payload`. False for signatures of the wrong form; never throws on input of a stranger. */
  verify(
    payload: Uint8Array,
    signature: Uint8Array,
    origin: Hex,
    context?: VerificationContext
  ): boolean | Promise<boolean>;
  /**
   * What an origin certificate must name to vouch for the origin of this signature; the origin itself where absent.
   * Undefined where the signature has the wrong form.
   */
  readonly subjectOf?: (signature: Uint8Array, origin: Hex) => Promise<Hex | undefined>;
}

/** The event to be signed names another origin or signature type than the signer's. */
export class SignerMismatchError extends TributaryError {
  readonly code = 'signer-mismatch';
  readonly title = 'The signer cannot sign this event';
}

/** The private key is no key of the curve. */
export class PrivateKeyInvalidError extends TributaryError {
  readonly code = 'private-key-invalid';
  readonly title = 'The private key is not valid';
}

/** The wallet answered with something that is no signature. */
export class WalletSignatureInvalidError extends TributaryError {
  readonly code = 'wallet-signature-invalid';
  readonly title = 'The wallet gave no valid signature';
}

/** The hash that wallets sign for `personal_sign` (ERC-191 version 0x45): 32 bytes. */
export function personalMessageHash(payload: Uint8Array): Uint8Array {
  return keccak_256(concatBytes(utf8(`\x19Ethereum Signed Message:\n${String(payload.length)}`), payload));
}

/** The account of an uncompressed secp256k1 public key (65 bytes, the first is 0x04). */
export function addressOfPublicKey(publicKey: Uint8Array): Address {
  return hexOf(keccak_256(publicKey.subarray(1)).subarray(12));
}

/**
 * The account that made a secp256k1 signature over a 32-byte hash.
 *
 * @param signature - 65 bytes: r, s, and v as 27 or 28. A high s is refused (EIP-2): it would be a second valid
 * signature for the same message.
 * @returns Undefined where the signature has another form or recovers nothing.
 */
export function recoverAddress(hash: Uint8Array, signature: Uint8Array): Address | undefined {
  const v = signature[64];
  if (signature.length !== 65 || (v !== 27 && v !== 28)) return undefined;
  try {
    const parsed = secp256k1.Signature.fromBytes(signature.subarray(0, 64), 'compact');
    if (parsed.hasHighS()) return undefined;
    return addressOfPublicKey(
      parsed
        .addRecoveryBit(v - 27)
        .recoverPublicKey(hash)
        .toBytes(false)
    );
  } catch {
    // The curve library throws on r or s outside their range and on points that do not exist.
    return undefined;
  }
}

/** secp256k1 over the personal message of the payload (ERC-191); the origin is the account. */
export const secp256k1Verifier: SignatureVerifier = {
  signatureType: 'secp256k1',
  originType: 'address',
  verify: (payload, signature, origin) => recoverAddress(personalMessageHash(payload), signature) === origin
};

/**
 * Signs an event.
 *
 * @throws {@link SignerMismatchError} where the event names another origin or signature type than the signer's.
 */
export async function signEvent(unsigned: UnsignedEvent, signer: EventSigner): Promise<StreamEvent> {
  checkSigner(unsigned, signer);
  return { ...unsigned, signature: signatureField(await signer.sign(encodeSignedPart(unsigned)), signer.certificate) };
}

/** @throws {@link SignerMismatchError} where the event names another origin or signature type than these. */
export function checkSigner(unsigned: UnsignedEvent, signer: Omit<EventSigner, 'sign'>): void {
  const { originType, origin, signatureType } = signer;
  const same =
    unsigned.originType === originType && unsigned.origin === origin && unsigned.signatureType === signatureType;
  if (same) return;
  throw new SignerMismatchError(`Let the event name the signer: ${originType} ${origin}, ${signatureType}.`);
}

/**
 * Signs with a private key in memory. Signatures are deterministic (RFC 6979) and have a low s.
 *
 * @param privateKey - 32 bytes as hex.
 * @throws {@link PrivateKeyInvalidError}
 */
export function privateKeySigner(privateKey: Hex): EventSigner {
  const secret = /^0x[0-9a-fA-F]{64}$/.test(privateKey) ? bytesOf(privateKey) : new Uint8Array();
  if (!secp256k1.utils.isValidSecretKey(secret)) {
    throw new PrivateKeyInvalidError('Give a secp256k1 private key: 0x and 64 hexadecimal digits, not zero.');
  }
  return {
    originType: 'address',
    origin: addressOfPublicKey(secp256k1.getPublicKey(secret, false)),
    signatureType: 'secp256k1',
    sign: (payload) => {
      const options = { prehash: false, format: 'recovered' } as const;
      const recovered = secp256k1.sign(personalMessageHash(payload), secret, options);
      // The library puts the recovery bit first; Ethereum puts it last, plus 27.
      const signature = new Uint8Array(65);
      signature.set(recovered.subarray(1));
      signature[64] = 27 + (recovered[0] ?? 0);
      return Promise.resolve(signature);
    }
  };
}

/**
 * Signs with a wallet.
 *
 * @param account - The wallet's account.
 * @param personalSign - Asks the wallet for `personal_sign` over these bytes (hex) and gives its answer (hex).
 * @throws From sign(): {@link WalletSignatureInvalidError} where the answer is no secp256k1 signature of the account;
 * and whatever `personalSign` throws, such as the user's refusal.
 */
export function walletSigner(account: Address, personalSign: (message: Hex) => Promise<Hex>): EventSigner {
  const origin = account.toLowerCase() as Address;
  return {
    originType: 'address',
    origin,
    signatureType: 'secp256k1',
    sign: async (payload) => {
      const answer = await personalSign(hexOf(payload));
      const signature = /^0x[0-9a-fA-F]{130}$/.test(answer) ? bytesOf(answer) : new Uint8Array();
      // Some hardware wallets give the recovery bit itself.
      const v = signature[64];
      if (v === 0 || v === 1) signature[64] = 27 + v;
      if (recoverAddress(personalMessageHash(payload), signature) !== origin) {
        throw new WalletSignatureInvalidError(
          `Sign with account ${origin} itself; the answer is not its secp256k1 signature. Contract accounts cannot sign events yet.`
        );
      }
      return signature;
    }
  };
}
