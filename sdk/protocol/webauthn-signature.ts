import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import * as z from 'zod';
import { toBase64 } from './base64.ts';
import { BinaryReader, BinaryWriter, bytesOf } from './binary.ts';
import { compactP256Signature, isP256Signature, p256OriginType } from './p256-signature.ts';
import type { Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';
import type { EventSigner, SignatureVerifier } from './signature.ts';

/** What a passkey answers to navigator.credentials.get (Web Authentication Level 3, 7.2). */
export interface Assertion {
  readonly authenticatorData: Uint8Array;
  readonly clientDataJson: Uint8Array;
  /** DER or 64 bytes r, s; on P-256. */
  readonly signature: Uint8Array;
}

/** The passkey answered with something that is no assertion over the challenge. */
export class AssertionInvalidError extends TributaryError {
  readonly code = 'assertion-invalid';
  readonly title = 'The passkey gave no valid assertion';
}

const limits = { authenticatorData: 2048, clientDataJson: 4096 } as const;
/** SHA-256 of the relying party's id, flags, counter. */
const shortestAuthenticatorData = 37;
const userPresent = 1;
const clientDataSchema = z.object({ type: z.literal('webauthn.get'), challenge: z.string() });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const refuse = (reason: string): never => {
  throw new AssertionInvalidError(`Let the passkey sign again: ${reason}.`);
};

/** What a passkey has to sign: SHA-256 of the payload, the challenge of navigator.credentials.get. */
export function challengeOf(payload: Uint8Array): Uint8Array {
  return sha256(payload);
}

const base64url = (bytes: Uint8Array) => toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/**
 * Whether an assertion is one over the payload by the key: the signature covers authenticator data and client data; the
 * client data name the payload's hash as challenge; a user was present. The relying party is not looked at: whoever may
 * use the key is decided where it was made, and an account vouches for the key itself.
 */
async function isAssertion(payload: Uint8Array, field: Uint8Array, origin: Hex): Promise<boolean> {
  let authenticatorData: Uint8Array;
  let clientDataJson: Uint8Array;
  let signature: Uint8Array;
  let clientData: unknown;
  try {
    const reader = new BinaryReader(field, refuse);
    authenticatorData = reader.variable(2, limits.authenticatorData, 'authenticator data');
    clientDataJson = reader.variable(2, limits.clientDataJson, 'client data');
    signature = reader.fixed(64, 'signature');
    reader.end();
    clientData = JSON.parse(strictDecoder.decode(clientDataJson));
  } catch {
    // Not the layout, not UTF-8 or not JSON: no assertion.
    return false;
  }
  const parsed = clientDataSchema.safeParse(clientData);
  if (!parsed.success || parsed.data.challenge !== base64url(challengeOf(payload))) return false;
  if (authenticatorData.length < shortestAuthenticatorData) return false;
  if (((authenticatorData[32] ?? 0) & userPresent) === 0) return false;
  return isP256Signature(concatBytes(authenticatorData, sha256(clientDataJson)), signature, bytesOf(origin));
}

/** Assertions of passkeys on P-256: bytes16 authenticator data, bytes16 client data, 64 bytes r, s with a low s. */
export const webauthnVerifier: SignatureVerifier = {
  signatureType: 'webauthn',
  originType: p256OriginType,
  verify: isAssertion
};

/**
 * Signs with a passkey; each signature asks its owner, so sign many events at once.
 *
 * @param publicKey - 65 bytes, uncompressed: of the credential's public key when it was made.
 * @param ask - Gets an assertion over the challenge (32 bytes) by navigator.credentials.get.
 * @throws From sign(): {@link AssertionInvalidError}, and whatever `ask` throws.
 */
export function passkeySigner(publicKey: Hex, ask: (challenge: Uint8Array) => Promise<Assertion>): EventSigner {
  return {
    originType: p256OriginType,
    origin: publicKey,
    signatureType: webauthnVerifier.signatureType,
    sign: async (payload) => {
      const assertion = await ask(challengeOf(payload));
      const signature = (await compactP256Signature(assertion.signature)) ?? refuse('its signature is none on P-256');
      const field = new BinaryWriter(refuse, 1024)
        .variable(assertion.authenticatorData, 2, limits.authenticatorData, 'authenticator data')
        .variable(assertion.clientDataJson, 2, limits.clientDataJson, 'client data')
        .fixed(signature, 64, 'signature')
        .finish();
      if (!(await isAssertion(payload, field, publicKey))) refuse('the answer does not fit the challenge and the key');
      return field;
    }
  };
}
