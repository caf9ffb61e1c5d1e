import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import { VaultError, VaultPassphraseError } from './errors.ts';

/** scrypt (RFC 7914): 128 MiB and a few tenths of a second per guess. */
const usualCost = { cost: 2 ** 17, blockSize: 8, parallelization: 1 } as const;
const keyBytes = 32;
const tagBytes = 16;

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${String(2 * bytes)}}$`));
/** Bounded, so that a file that was changed cannot ask for any amount of memory or time. */
const sealedKeySchema = z.strictObject({
  version: z.literal(1),
  derivation: z.literal('scrypt'),
  cost: z.literal([2 ** 15, 2 ** 16, 2 ** 17, 2 ** 18, 2 ** 19, 2 ** 20]),
  blockSize: z.literal(8),
  parallelization: z.int().min(1).max(4),
  salt: hexOf(16),
  cipher: z.literal('aes-256-gcm'),
  nonce: hexOf(12),
  /** The vault's key, 32 bytes, and the tag, 16 bytes. */
  sealedKey: hexOf(keyBytes + tagBytes)
});
type Header = Omit<z.infer<typeof sealedKeySchema>, 'sealedKey'>;

/**
 * Seals the key of a vault by a passphrase: AES-256-GCM under a key that scrypt derives from it. Everything else in the
 * file is authenticated with it.
 *
 * @param key 32 bytes.
 * @param passphrase UTF-8.
 * @returns The file: JSON.
 */
export async function sealVaultKey(key: Uint8Array, passphrase: Uint8Array): Promise<Buffer> {
  const header: Header = {
    version: 1,
    derivation: 'scrypt',
    ...usualCost,
    salt: randomBytes(16).toString('hex'),
    cipher: 'aes-256-gcm',
    nonce: randomBytes(12).toString('hex')
  };
  const cipher = createCipheriv('aes-256-gcm', await deriveKey(passphrase, header), Buffer.from(header.nonce, 'hex'));
  cipher.setAAD(authenticated(header));
  const sealed = Buffer.concat([cipher.update(key), cipher.final(), cipher.getAuthTag()]);
  return Buffer.from(`${JSON.stringify({ ...header, sealedKey: sealed.toString('hex') }, null, 2)}\n`);
}

/**
 * Opens what {@link sealVaultKey} made.
 *
 * @param file Name of the file, for messages.
 * @returns The vault's key, 32 bytes.
 * @throws {@link VaultPassphraseError}; {@link VaultError} where it is no such file, or one of a later version.
 */
export async function openVaultKey(content: Uint8Array, passphrase: Uint8Array, file: string): Promise<Buffer> {
  const parsed = sealedKeySchema.safeParse(parseJson(content));
  if (!parsed.success) {
    throw new VaultError(`${file} is damaged, or of a later version. Update the broker, or restore it from a backup.`);
  }
  const { sealedKey, ...header } = parsed.data;
  const sealed = Buffer.from(sealedKey, 'hex');
  const key = await deriveKey(passphrase, header);
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(header.nonce, 'hex'));
  decipher.setAAD(authenticated(header));
  decipher.setAuthTag(sealed.subarray(keyBytes));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, keyBytes)), decipher.final()]);
  } catch (cause) {
    throw new VaultPassphraseError(file, { cause });
  }
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return null;
  }
}

function authenticated(header: Header): Buffer {
  const { version, derivation, cost, blockSize, parallelization, salt, cipher, nonce } = header;
  return Buffer.from(JSON.stringify([version, derivation, cost, blockSize, parallelization, salt, cipher, nonce]));
}

function deriveKey(passphrase: Uint8Array, header: Header): Promise<Buffer> {
  const { cost, blockSize, parallelization, salt } = header;
  // What scrypt needs, and a little for itself.
  const maxmem = 128 * blockSize * (cost + parallelization) + 2 ** 20;
  return new Promise((resolve, reject) => {
    const options = { cost, blockSize, parallelization, maxmem };
    scrypt(passphrase, Buffer.from(salt, 'hex'), keyBytes, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
