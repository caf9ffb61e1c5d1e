import {
  createCipheriv,
  createDecipheriv,
  pbkdf2,
  randomBytes,
  randomUUID,
  scrypt,
  timingSafeEqual
} from 'node:crypto';
import { promisify } from 'node:util';
import { keccak256 } from 'viem';
import { z } from 'zod';
import { KeystoreInvalidError, PassphraseWrongError } from './errors.ts';

/**
 * Web3 Secret Storage, version 3: AES-128-CTR under the first half of a key that scrypt (or, in files of others, PBKDF2)
 * derives from a passphrase; the second half authenticates (Keccak-256). The form that wallets and `cast` read.
 */

/** What one guess of the passphrase costs; r is 8. */
export interface ScryptCost {
  readonly n: number;
  readonly p: number;
}
/** 256 MiB and about a second. */
export const usualCost: ScryptCost = { n: 2 ** 18, p: 1 };
/** 4 MiB and some hundredths of a second: for play money and for machines with little memory. */
export const lightCost: ScryptCost = { n: 2 ** 12, p: 6 };

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${String(2 * bytes)}}$`));
const powerOfTwo = (value: number) => Number.isInteger(Math.log2(value));

/** Bounded, so that a file that was changed cannot ask for any amount of memory or time. */
const scryptSchema = z.object({
  dklen: z.literal(32),
  n: z
    .int()
    .min(2)
    .max(2 ** 20)
    .refine(powerOfTwo, 'must be a power of two'),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(16),
  salt: z.string().regex(/^(?:[0-9a-fA-F]{2}){8,64}$/)
});
const pbkdf2Schema = z.object({
  dklen: z.literal(32),
  c: z.int().min(1).max(10_000_000),
  prf: z.literal('hmac-sha256'),
  salt: z.string().regex(/^(?:[0-9a-fA-F]{2}){8,64}$/)
});
const cipherShape = {
  cipher: z.literal('aes-128-ctr'),
  cipherparams: z.object({ iv: hexOf(16) }),
  /** Up to 4 MiB: a key has 32 bytes, what is kept beside it may be longer. */
  ciphertext: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2})+$/)
    .max(8 * 1024 * 1024),
  mac: hexOf(32)
};
const cryptoSchema = z.discriminatedUnion('kdf', [
  z.object({ kdf: z.literal('scrypt'), kdfparams: scryptSchema, ...cipherShape }),
  z.object({ kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Schema, ...cipherShape })
]);
type SealedCrypto = z.infer<typeof cryptoSchema>;

/** Some programs write "Crypto". */
const fileSchema = z
  .object({
    version: z.literal(3),
    id: z.string().optional(),
    address: z
      .string()
      .regex(/^(?:0x)?[0-9a-fA-F]{40}$/)
      .optional(),
    crypto: cryptoSchema.optional(),
    Crypto: cryptoSchema.optional()
  })
  .transform(({ Crypto, crypto = Crypto, ...rest }) => ({ ...rest, crypto }));

export interface SecretFile {
  readonly version: 3;
  readonly id: string;
  /** 40 hexadecimal digits without 0x, where the secret is an account's. */
  readonly address?: string;
  readonly crypto: Extract<SealedCrypto, { kdf: 'scrypt' }>;
}

/**
 * Seals a secret.
 *
 * @param secret 1 byte to 4 MiB.
 * @param passphrase UTF-8.
 * @param address The account, where the secret is its private key.
 */
export async function sealSecret(
  secret: Uint8Array,
  passphrase: Uint8Array,
  { address, cost = usualCost }: { readonly address?: string; readonly cost?: ScryptCost } = {}
): Promise<SecretFile> {
  const kdfparams = { dklen: 32, n: cost.n, r: 8, p: cost.p, salt: randomBytes(32).toString('hex') } as const;
  const key = await deriveKey(passphrase, { kdf: 'scrypt', kdfparams });
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), iv);
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  return {
    version: 3,
    id: randomUUID(),
    ...(address === undefined ? {} : { address: address.toLowerCase().replace(/^0x/, '') }),
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: iv.toString('hex') },
      ciphertext: ciphertext.toString('hex'),
      kdf: 'scrypt',
      kdfparams,
      mac: macOf(key, ciphertext)
    }
  };
}

/**
 * Opens what {@link sealSecret} or another program sealed.
 *
 * @param text The file.
 * @param passphrase UTF-8.
 * @param file Its name, for messages.
 * @throws {@link PassphraseWrongError}; {@link KeystoreInvalidError} where it is no such file.
 */
export async function openSecret(text: string, passphrase: Uint8Array, file: string): Promise<Buffer> {
  const { crypto } = parseSecretFile(text, file);
  const key = await deriveKey(passphrase, crypto);
  const ciphertext = Buffer.from(crypto.ciphertext, 'hex');
  const mac = Buffer.from(macOf(key, ciphertext), 'hex');
  if (!timingSafeEqual(mac, Buffer.from(crypto.mac, 'hex'))) throw new PassphraseWrongError(file);
  const decipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), Buffer.from(crypto.cipherparams.iv, 'hex'));
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

/**
 * Reads the outside of a sealed file.
 *
 * @returns Its account, 40 lowercase digits without 0x where it names one, and how it is sealed.
 * @throws {@link KeystoreInvalidError}
 */
export function parseSecretFile(text: string, file: string): { address: string | undefined; crypto: SealedCrypto } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeystoreInvalidError(`${file} is no JSON. Give a keystore file (Web3 Secret Storage, version 3).`);
  }
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success || parsed.data.crypto === undefined) {
    throw new KeystoreInvalidError(
      `${file} is no keystore of version 3 with scrypt or PBKDF2. Give one, or restore it from a backup.`
    );
  }
  const { address, crypto } = parsed.data;
  return { address: address?.toLowerCase().replace(/^0x/, ''), crypto };
}

/** What a file's scrypt costs, so that what is sealed anew costs as much. */
export function costOf(crypto: SealedCrypto): ScryptCost {
  return crypto.kdf === 'scrypt' && crypto.kdfparams.r === 8
    ? { n: crypto.kdfparams.n, p: crypto.kdfparams.p }
    : usualCost;
}

const macOf = (key: Uint8Array, ciphertext: Uint8Array) =>
  keccak256(Buffer.concat([key.subarray(16, 32), ciphertext])).slice(2);

type Derivation = {
  [K in SealedCrypto['kdf']]: Pick<Extract<SealedCrypto, { kdf: K }>, 'kdf' | 'kdfparams'>;
}[SealedCrypto['kdf']];

/** RFC 7914 wants N below 2^(16 r), and OpenSSL insists; some old keystores, with r = 1, are of before that. */
async function deriveUnusually(passphrase: Uint8Array, kdfparams: z.infer<typeof scryptSchema>): Promise<Buffer> {
  const { n, r, p, dklen, salt } = kdfparams;
  const { scryptAsync } = await import('@noble/hashes/scrypt.js');
  const maxmem = 128 * r * (n + p + 1) + 2 ** 20;
  return Buffer.from(await scryptAsync(passphrase, Buffer.from(salt, 'hex'), { N: n, r, p, dkLen: dklen, maxmem }));
}

function deriveKey(passphrase: Uint8Array, derivation: Derivation): Promise<Buffer> {
  if (derivation.kdf === 'pbkdf2') {
    const { c, dklen, salt } = derivation.kdfparams;
    return promisify(pbkdf2)(passphrase, Buffer.from(salt, 'hex'), c, dklen, 'sha256');
  }
  const { n, r, p, dklen, salt } = derivation.kdfparams;
  if (n >= 2 ** (16 * r)) return deriveUnusually(passphrase, derivation.kdfparams);
  // What scrypt needs, and a little for itself.
  const maxmem = 128 * r * (n + p) + 2 ** 20;
  return new Promise((resolve, reject) => {
    scrypt(passphrase, Buffer.from(salt, 'hex'), dklen, { N: n, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
