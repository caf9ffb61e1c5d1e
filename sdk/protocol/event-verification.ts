import { encodeSignedPart, signedPartOf } from './event-encoding.ts';
import type { StreamEvent } from './event.ts';
import { certificatePayload, splitCertificate } from './origin-certificate.ts';
import { p256Verifier } from './p256-signature.ts';
import type { Address } from './primitives.ts';
import { batchSuffix, batchVerifier } from './signature-batch.ts';
import { secp256k1Verifier, type SignatureVerifier } from './signature.ts';
import type { VerificationMemory } from './verification-memory.ts';
import { webauthnVerifier } from './webauthn-signature.ts';
import { x509Verifier } from './x509-signature.ts';

/** The ways of signing that need nothing but the event. One line per way; with each comes its batch. */
const alone: readonly SignatureVerifier[] = [secp256k1Verifier, p256Verifier, webauthnVerifier, x509Verifier];

/** Each way of signing, and batches of it. */
export const withBatches = (verifiers: readonly SignatureVerifier[]): readonly SignatureVerifier[] =>
  verifiers.flatMap((verifier) => [verifier, batchVerifier(verifier)]);

/**
 * The ways of signing that every participant can verify by itself. Accounts that are contracts need somebody who asks
 * the chain: add `withBatches([contractVerifier(...)])`.
 */
export const verifiers: readonly SignatureVerifier[] = withBatches(alone);

/** How to verify. */
export interface VerificationOptions {
  /** Ways of signing to accept; the first that fits is taken. {@link verifiers} unless said otherwise. */
  readonly table?: readonly SignatureVerifier[];
  /** What was verified before; without one every event is verified from nothing. */
  readonly memory?: VerificationMemory;
  /** The bytes from which this very event was decoded, where they are at hand: saves encoding it again. */
  readonly encoded?: Uint8Array;
  /**
   * Called with the account that vouches for an origin before anything dear is done for it: asking the chain, reading
   * certificates. Throws to prevent that.
   */
  readonly checkVoucher?: (account: Address) => Promise<void>;
}

/** The way in which an event says that it is signed; undefined where the table has none. */
export function verifierOf(
  event: Pick<StreamEvent, 'signatureType' | 'originType'>,
  table: readonly SignatureVerifier[] = verifiers
): SignatureVerifier | undefined {
  return table.find(
    (candidate) => candidate.signatureType === event.signatureType && candidate.originType === event.originType
  );
}

/**
 * Verifies the signature of an event: that its origin signed it and, where the origin is no account, that an account
 * vouches for the origin on this stream at this time.
 *
 * @returns The account whose permission to write decides: the origin itself, or the one that vouches for it; undefined
 * where the signature is not good, or no verifier knows the event's signature type and origin type.
 * @throws Whatever a verifier throws that asks the chain; nothing else, whatever the event holds.
 */
export async function verifyEvent(event: StreamEvent, options: VerificationOptions = {}): Promise<Address | undefined> {
  const { table = verifiers, memory, checkVoucher, encoded } = options;
  const verifier = verifierOf(event, table);
  if (verifier === undefined) return undefined;
  const payload = encoded === undefined ? encodeSignedPart(event) : signedPartOf(encoded, event.signature);
  const context = { timestamp: event.timestamp, memory };
  if (event.originType === 'address') {
    return (await verifier.verify(payload, event.signature, event.origin, context)) ? event.origin : undefined;
  }
  const parts = splitCertificate(event.signature);
  if (parts === undefined || event.timestamp >= parts.certificate.until) return undefined;
  const { certificate, signature } = parts;
  const { account } = certificate;
  const vouching = verifierOf({ signatureType: certificate.signatureType, originType: 'address' }, table);
  if (vouching === undefined || vouching.signatureType.endsWith(batchSuffix)) return undefined;
  const subject = verifier.subjectOf === undefined ? event.origin : await verifier.subjectOf(signature, event.origin);
  if (subject === undefined) return undefined;
  if (vouching.asksChain === true) await checkVoucher?.(account);
  const statement = certificatePayload({ ...certificate, stream: event.stream, originType: event.originType, subject });
  const kind = `certificate ${certificate.signatureType}`;
  if (memory?.isKnown(kind, account, statement, certificate.signature) !== true) {
    if (!(await vouching.verify(statement, certificate.signature, account, context))) return undefined;
    memory?.remember(kind, account, statement, certificate.signature);
  }
  if (vouching.asksChain !== true) await checkVoucher?.(account);
  return (await verifier.verify(payload, signature, event.origin, context)) ? account : undefined;
}

/** Whether the signature of an event is good; see {@link verifyEvent}. */
export async function verifyEventSignature(
  event: StreamEvent,
  table: readonly SignatureVerifier[] = verifiers
): Promise<boolean> {
  return (await verifyEvent(event, { table })) !== undefined;
}
