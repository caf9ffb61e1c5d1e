import { sha256 } from '@noble/hashes/sha2.js';
import { BinaryReader, BinaryWriter, hexOf } from './binary.ts';
import { isP256Signature } from './p256-signature.ts';
import type { Hex } from './primitives.ts';
import { TributaryError } from './problem.ts';
import type { EventSigner, SignatureVerifier } from './signature.ts';
import type { DeviceKey } from './x509-chain.ts';

/**
 * Signatures of devices that have an X.509 certificate. The origin is the device: SHA-256 of its public key
 * (SubjectPublicKeyInfo, DER), which stays when the certificate is renewed. The signature carries the chain of
 * certificates up to a root, and the origin certificate of the event names that root: so an account with Write lets in
 * every device below a root by one statement.
 */

/** Kind of origin that is the public key of a certificate. */
export const x509OriginType = 'x509';

/** How the device signed: ECDSA on P-256, RSA-PSS (salt of 32 bytes), RSA PKCS #1 v1.5, all with SHA-256; Ed25519. */
export const deviceAlgorithms = { 'ecdsa-p256': 1, 'rsa-pss': 2, 'rsa-pkcs1': 3, ed25519: 4 } as const;
export type DeviceAlgorithm = keyof typeof deviceAlgorithms;

/** Certificates in a chain with device and root, and bytes of one. */
const limits = { chain: 5, certificate: 4096 } as const;

/** The chain or the signature of a device is malformed. */
export class DeviceSignatureMalformedError extends TributaryError {
  readonly code = 'device-signature-malformed';
  readonly title = 'The signature of the device is malformed';
}

const refuse = (reason: string): never => {
  throw new DeviceSignatureMalformedError(`Correct the signature of the device: ${reason}.`);
};

interface DeviceSignature {
  /** DER; the device's own first, the root last. */
  readonly chain: readonly Uint8Array[];
  readonly algorithm: DeviceAlgorithm;
  readonly signature: Uint8Array;
}

/** u8 number of certificates, each bytes16; u8 algorithm; bytes16 signature. */
function encodeDeviceSignature({ chain, algorithm, signature }: DeviceSignature): Uint8Array<ArrayBuffer> {
  if (chain.length < 2 || chain.length > limits.chain) refuse(`a chain has 2 to ${String(limits.chain)} certificates`);
  const writer = new BinaryWriter(refuse, 4096).integer(chain.length, 1, 'number of certificates');
  for (const certificate of chain) writer.variable(certificate, 2, limits.certificate, 'certificate');
  return writer.integer(deviceAlgorithms[algorithm], 1, 'algorithm').variable(signature, 2, 1024, 'signature').finish();
}

function decodeDeviceSignature(field: Uint8Array): DeviceSignature | undefined {
  try {
    const reader = new BinaryReader(field, refuse);
    const count = reader.integer(1, 'number of certificates');
    if (count < 2 || count > limits.chain) refuse('too few or too many certificates');
    const chain: Uint8Array[] = [];
    while (chain.length < count) chain.push(reader.variable(2, limits.certificate, 'certificate'));
    const number = reader.integer(1, 'algorithm');
    const signature = reader.variable(2, 1024, 'signature');
    reader.end();
    const names = Object.keys(deviceAlgorithms) as DeviceAlgorithm[];
    const algorithm = names.find((name) => deviceAlgorithms[name] === number) ?? refuse('the algorithm is unknown');
    return { chain, algorithm, signature };
  } catch (error) {
    if (error instanceof DeviceSignatureMalformedError) return undefined;
    throw error;
  }
}

/** What an origin certificate names to let in all devices below a root: SHA-256 of its certificate (DER). */
export function rootSubject(root: Uint8Array): Hex {
  return hexOf(sha256(root));
}

/** The origin of a device: SHA-256 of its public key (SubjectPublicKeyInfo, DER). */
export function deviceOrigin(publicKey: Uint8Array): Hex {
  return hexOf(sha256(publicKey));
}

async function isSignedBy(key: DeviceKey, algorithm: DeviceAlgorithm, payload: Uint8Array, signature: Uint8Array) {
  if (algorithm === 'ecdsa-p256') return key.kind === 'p256' && isP256Signature(payload, signature, key.raw);
  const { isEd25519Signature, isRsaSignature } = await import('./x509-chain.ts');
  if (algorithm === 'ed25519') return key.kind === 'ed25519' && isEd25519Signature(payload, signature, key.raw);
  const scheme = algorithm === 'rsa-pss' ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5';
  return key.kind === 'rsa' && isRsaSignature(scheme, 'SHA-256', payload, signature, key);
}

/** Devices with a certificate; what reads certificates is loaded when the first one comes. */
export const x509Verifier: SignatureVerifier = {
  signatureType: 'x509',
  originType: x509OriginType,
  verify: async (payload, field, origin, context) => {
    const decoded = decodeDeviceSignature(field);
    if (decoded === undefined) return false;
    const { verifyChain } = await import('./x509-chain.ts');
    const key = await verifyChain(decoded.chain, context?.timestamp ?? 0);
    if (key === undefined || deviceOrigin(key.spki) !== origin) return false;
    return isSignedBy(key, decoded.algorithm, payload, decoded.signature);
  },
  subjectOf: (field) => {
    const root = decodeDeviceSignature(field)?.chain.at(-1);
    return Promise.resolve(root === undefined ? undefined : rootSubject(root));
  }
};

/**
 * Signs with a device.
 *
 * @param chain - Certificates in DER, the device's own first, the root last; 2 to 5.
 * @param sign - Signs bytes with the device's key; ECDSA gives 64 bytes r, s with a low s.
 * @throws {@link DeviceSignatureMalformedError} where the chain does not reach a root now or has no key that can sign.
 */
export async function deviceSigner(parameters: {
  readonly chain: readonly Uint8Array[];
  readonly algorithm: DeviceAlgorithm;
  readonly sign: (payload: Uint8Array) => Promise<Uint8Array>;
  /** Unix time in milliseconds. */
  readonly now: number;
}): Promise<EventSigner> {
  const { chain, algorithm, sign, now } = parameters;
  const { verifyChain } = await import('./x509-chain.ts');
  const key = await verifyChain(chain, now);
  if (key === undefined) return refuse('the chain of certificates does not lead from the device to its root now');
  return {
    originType: x509OriginType,
    origin: deviceOrigin(key.spki),
    signatureType: x509Verifier.signatureType,
    sign: async (payload) => {
      const signature = await sign(payload);
      if (!(await isSignedBy(key, algorithm, payload, signature))) refuse('it is none of the certificate’s key');
      return encodeDeviceSignature({ chain, algorithm, signature });
    }
  };
}
