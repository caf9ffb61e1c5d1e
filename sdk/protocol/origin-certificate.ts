import { BinaryReader, BinaryWriter, hexOf, utf8 } from './binary.ts';
import { eventLimits } from './event.ts';
import type { Address, Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';
import type { EventSigner } from './signature.ts';

/**
 * Origin certificates: how an origin that is no account of the chain is allowed to publish. Permissions are held by
 * accounts; an account with Write says in a signed statement that a key (or every device below an X.509 root) publishes
 * for it on one stream until a time. The statement travels in front of the signature of every event of such an origin,
 * so that an event can still be verified alone, and ends with the account's own permission: whoever takes that away, by
 * the chain, ends all that it vouched for.
 */
export interface OriginCertificate {
  /** Who vouches; must hold the Write permission of the stream. */
  readonly account: Address;
  /** Unix time in milliseconds; events with this timestamp or a later one are not covered. */
  readonly until: number;
  /** How the account signed: "secp256k1" or "erc1271". */
  readonly signatureType: string;
  readonly signature: Uint8Array;
}

/** What an account says of an origin. */
export interface OriginStatement {
  readonly stream: Address;
  /** Kind of origin: "p256" or "x509". */
  readonly originType: string;
  /** The public key of a "p256" origin; for "x509" the SHA-256 of the root certificate (DER). */
  readonly subject: Hex;
  readonly account: Address;
  readonly until: number;
}

/** The certificate of an origin cannot be read or made. */
export class OriginCertificateMalformedError extends TributaryError {
  readonly code = 'origin-certificate-malformed';
  readonly title = 'The origin certificate is malformed';
}

const domain = utf8('tributary/origin-certificate');
const nameBytes = 32;
const refuse = (reason: string): never => {
  throw new OriginCertificateMalformedError(`Correct the origin certificate: ${reason}.`);
};

/** What the account signs: the domain tag, stream, origin type, subject, account, end. */
export function certificatePayload(statement: OriginStatement): Uint8Array<ArrayBuffer> {
  const length = (statement.subject.length - 2) / 2;
  return new BinaryWriter(refuse, 256)
    .variable(domain, 1, 255, 'domain')
    .hex(statement.stream, 20, 'stream')
    .text(statement.originType, 1, nameBytes, 'origin type')
    .integer(length, 2, 'length of subject')
    .hex(statement.subject, length, 'subject')
    .hex(statement.account, 20, 'account')
    .integer(statement.until, 8, 'end')
    .finish();
}

/**
 * Lets an account vouch for an origin.
 *
 * @param signer - Of the account.
 * @throws {@link OriginCertificateMalformedError} where the signer is no account; whatever the signer throws.
 */
export async function certifyOrigin(
  statement: Omit<OriginStatement, 'account'>,
  signer: EventSigner
): Promise<OriginCertificate> {
  if (signer.originType !== 'address') refuse('only an account of the chain can vouch for an origin');
  const account = signer.origin;
  const signature = await signer.sign(certificatePayload({ ...statement, account }));
  return { account, until: statement.until, signatureType: signer.signatureType, signature };
}

/**
 * The signature field of an event whose origin is no account: account (20 bytes), u64 end, bytes8 signature type,
 * bytes16 signature of the account, then the origin's own signature.
 */
export function joinCertificate(certificate: OriginCertificate, signature: Uint8Array): Uint8Array<ArrayBuffer> {
  if (certificate.signature.length === 0) refuse('its signature is empty');
  return new BinaryWriter(refuse, 512 + signature.length)
    .hex(certificate.account, 20, 'account')
    .integer(certificate.until, 8, 'end')
    .text(certificate.signatureType, 1, nameBytes, 'signature type')
    .variable(certificate.signature, 2, eventLimits.signature, 'signature')
    .fixed(signature, signature.length, 'signature of the event')
    .finish();
}

/** Reads what {@link joinCertificate} wrote; undefined for everything else. */
export function splitCertificate(
  field: Uint8Array
): { readonly certificate: OriginCertificate; readonly signature: Uint8Array } | undefined {
  try {
    const reader = new BinaryReader(field, refuse);
    const account = hexOf(reader.fixed(20, 'account'));
    const until = reader.integer(8, 'end');
    const signatureType = reader.text(1, nameBytes, 'signature type');
    const vouched = reader.variable(2, eventLimits.signature, 'signature');
    if (vouched.length === 0) refuse('its signature is empty');
    const at = 20 + 8 + 1 + utf8(signatureType).length + 2 + vouched.length;
    if (at >= field.length) refuse('no signature of the event follows');
    return { certificate: { account, until, signatureType, signature: vouched }, signature: field.subarray(at) };
  } catch (error) {
    if (error instanceof OriginCertificateMalformedError) return undefined;
    throw error;
  }
}

/** The signature field of an event: the signature, behind the certificate of its origin where there is one. */
export function signatureField(signature: Uint8Array, certificate: OriginCertificate | undefined): Uint8Array {
  return certificate === undefined ? signature : joinCertificate(certificate, signature);
}
