import { ed25519 } from '@noble/curves/ed25519.js';
import { p256, p384 } from '@noble/curves/nist.js';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  BasicConstraints,
  Certificate,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  KeyUsage,
  KeyUsageFlags,
  type SubjectPublicKeyInfo
} from '@peculiar/asn1-x509';
import { isSame } from './verification-memory.ts';

/**
 * Validation of certificate paths (RFC 5280, 6.1), for chains that are given whole and in order: signatures, names,
 * validity times, basic constraints with path length, key usage. Policies, name constraints and revocation lists are
 * not processed: a critical extension that says more than this knows makes the chain invalid (4.2), and whoever wants
 * to shut a device out takes the permission from the account that vouches for the root. Certificates signed with
 * RSA-PSS are not known; keys are P-256, P-384 (issuers only), RSA of 2,048 to 4,096 bits, Ed25519.
 */

/** The public key of a certificate. */
export interface DeviceKey {
  readonly kind: 'p256' | 'p384' | 'rsa' | 'ed25519';
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array<ArrayBuffer>;
  /** The key itself: a point, 32 bytes of Ed25519, or RSAPublicKey. */
  readonly raw: Uint8Array<ArrayBuffer>;
}

const oids = {
  ec: '1.2.840.10045.2.1',
  rsa: '1.2.840.113549.1.1.1',
  ed25519: '1.3.101.112'
} as const;
/** DER of the object identifiers of the curves. */
const curves = { p256: '06082a8648ce3d030107', p384: '06052b81040022' } as const;
const signatureOids: Readonly<Record<string, { kind: DeviceKey['kind']; hash: string }>> = {
  '1.2.840.10045.4.3.2': { kind: 'p256', hash: 'SHA-256' },
  '1.2.840.10045.4.3.3': { kind: 'p384', hash: 'SHA-384' },
  '1.2.840.113549.1.1.11': { kind: 'rsa', hash: 'SHA-256' },
  '1.2.840.113549.1.1.12': { kind: 'rsa', hash: 'SHA-384' },
  '1.2.840.113549.1.1.13': { kind: 'rsa', hash: 'SHA-512' },
  '1.3.101.112': { kind: 'ed25519', hash: '' }
};
const understood: readonly string[] = [id_ce_basicConstraints, id_ce_keyUsage, id_ce_extKeyUsage, id_ce_subjectAltName];
const rsaBits = { least: 2048, most: 4096 } as const;

/**
 * The public key of a device, once its chain was found good.
 *
 * @param chain - DER; the device's certificate first, the self-issued root last.
 * @param at - Unix time in milliseconds at which all of them have to be valid.
 * @returns Undefined where any check fails; never throws.
 */
export async function verifyChain(chain: readonly Uint8Array[], at: number): Promise<DeviceKey | undefined> {
  try {
    const certificates = chain.map((der) => AsnConvert.parse(der.slice(), Certificate));
    const [device, ...issuers] = certificates;
    const root = issuers.at(-1);
    if (device === undefined || root === undefined) return undefined;
    if (!certificates.every((certificate) => isValidAt(certificate, at) && isUnderstood(certificate))) return undefined;
    if (!isSame(nameOf(root, 'issuer'), nameOf(root, 'subject'))) return undefined;
    let below = device;
    for (const [place, issuer] of issuers.entries()) {
      if (!mayIssue(issuer, selfIssuedAside(issuers.slice(0, place)))) return undefined;
      if (!isSame(nameOf(below, 'issuer'), nameOf(issuer, 'subject'))) return undefined;
      if (!(await isIssuedBy(below, issuer))) return undefined;
      below = issuer;
    }
    if (!(await isIssuedBy(root, root))) return undefined;
    return maySign(device) ? keyOf(device.tbsCertificate.subjectPublicKeyInfo) : undefined;
  } catch {
    // Not DER, not a certificate, or a key that no library takes.
    return undefined;
  }
}

/** RSA with a key of a certificate, by the platform. */
export async function isRsaSignature(
  scheme: 'RSA-PSS' | 'RSASSA-PKCS1-v1_5',
  hash: string,
  message: Uint8Array,
  signature: Uint8Array,
  key: DeviceKey
): Promise<boolean> {
  try {
    const imported = await crypto.subtle.importKey('spki', key.spki, { name: scheme, hash }, false, ['verify']);
    const bits = (imported.algorithm as { readonly modulusLength?: number }).modulusLength ?? 0;
    if (bits < rsaBits.least || bits > rsaBits.most) return false;
    return await crypto.subtle.verify({ name: scheme, saltLength: 32 }, imported, signature.slice(), message.slice());
  } catch {
    // No RSA key, or one that the platform refuses.
    return false;
  }
}

/** Ed25519 as RFC 8032 checks it: small orders and other encodings of the same point are refused. */
export function isEd25519Signature(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return signature.length === 64 && ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

function keyOf(info: SubjectPublicKeyInfo): DeviceKey | undefined {
  const spki = new Uint8Array(AsnConvert.serialize(info));
  const raw = new Uint8Array(info.subjectPublicKey);
  const { algorithm, parameters } = info.algorithm;
  if (algorithm === oids.rsa) return { kind: 'rsa', spki, raw };
  if (algorithm === oids.ed25519) return raw.length === 32 ? { kind: 'ed25519', spki, raw } : undefined;
  if (algorithm !== oids.ec || parameters === undefined || parameters === null) return undefined;
  const curve = [...new Uint8Array(parameters)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (curve === curves.p256) return { kind: 'p256', spki, raw };
  return curve === curves.p384 ? { kind: 'p384', spki, raw } : undefined;
}

function nameOf({ tbsCertificate }: Certificate, whose: 'issuer' | 'subject'): Uint8Array {
  return new Uint8Array(AsnConvert.serialize(tbsCertificate[whose]));
}

function isValidAt({ tbsCertificate: { validity } }: Certificate, at: number): boolean {
  return validity.notBefore.getTime().getTime() <= at && at <= validity.notAfter.getTime().getTime();
}

function extensionOf({ tbsCertificate: { extensions } }: Certificate, id: string): ArrayBuffer | undefined {
  return extensions?.find(({ extnID }) => extnID === id)?.extnValue.buffer;
}

/** No extension stands twice, and none that is critical says something that is not checked here. */
function isUnderstood({ tbsCertificate: { extensions } }: Certificate): boolean {
  const ids = (extensions ?? []).map(({ extnID }) => extnID);
  if (new Set(ids).size !== ids.length) return false;
  return (extensions ?? []).every(({ critical, extnID }) => !critical || understood.includes(extnID));
}

function usageOf(certificate: Certificate): number | undefined {
  const value = extensionOf(certificate, id_ce_keyUsage);
  return value === undefined ? undefined : AsnConvert.parse(value, KeyUsage).toNumber();
}

function mayIssue(issuer: Certificate, between: number): boolean {
  const value = extensionOf(issuer, id_ce_basicConstraints);
  if (value === undefined) return false;
  const { cA, pathLenConstraint } = AsnConvert.parse(value, BasicConstraints);
  if (!cA || (pathLenConstraint !== undefined && between > pathLenConstraint)) return false;
  const usage = usageOf(issuer);
  return usage === undefined || (usage & KeyUsageFlags.keyCertSign) !== 0;
}

function maySign(device: Certificate): boolean {
  const usage = usageOf(device);
  return usage === undefined || (usage & KeyUsageFlags.digitalSignature) !== 0;
}

/** Certificates that count for the path length: a self-issued one, as in a change of keys, does not. */
function selfIssuedAside(certificates: readonly Certificate[]): number {
  return certificates.filter((each) => !isSame(nameOf(each, 'issuer'), nameOf(each, 'subject'))).length;
}

async function isIssuedBy(certificate: Certificate, issuer: Certificate): Promise<boolean> {
  const { tbsCertificateRaw, signatureAlgorithm, signatureValue, tbsCertificate } = certificate;
  const algorithm = signatureOids[signatureAlgorithm.algorithm];
  const key = keyOf(issuer.tbsCertificate.subjectPublicKeyInfo);
  if (tbsCertificateRaw === undefined || algorithm === undefined || key?.kind !== algorithm.kind) return false;
  // The algorithm inside is signed, the one outside is not (RFC 5280, 4.1.1.2).
  if (tbsCertificate.signature.algorithm !== signatureAlgorithm.algorithm) return false;
  const [message, signature] = [new Uint8Array(tbsCertificateRaw), new Uint8Array(signatureValue)];
  const options = { prehash: true, lowS: false, format: 'der' } as const;
  switch (key.kind) {
    case 'p256':
      return p256.verify(signature, message, key.raw, options);
    case 'p384':
      return p384.verify(signature, message, key.raw, options);
    case 'ed25519':
      return isEd25519Signature(message, signature, key.raw);
    case 'rsa':
      return isRsaSignature('RSASSA-PKCS1-v1_5', algorithm.hash, message, signature, key);
  }
}
