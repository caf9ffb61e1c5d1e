import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { VaultError } from './errors.ts';

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

/**
 * Secrets on disk: every file is sealed with AES-256-GCM, its name as additional data, under a key that lies in a file
 * beside the vault. Folders are 0700 and files 0600. The vault protects copies and backups of itself; whoever reads
 * both it and its key reads everything.
 */
export class Vault {
  private readonly folder: string;
  private readonly key: Buffer;

  private constructor(folder: string, key: Buffer) {
    this.folder = folder;
    this.key = key;
  }

  /**
   * Opens the vault in a folder, or makes one at the first start.
   *
   * @throws {@link VaultError} where the folder cannot be used.
   */
  static async open(directory: string): Promise<Vault> {
    const folder = join(directory, 'vault');
    const keyFile = join(directory, 'vault.key');
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const key = await readIfThere(keyFile);
      if (key !== null) {
        if (key.length !== keyBytes) throw new VaultError(`${keyFile} is damaged. Restore it from a backup.`);
        return new Vault(folder, key);
      }
      if ((await readdir(folder)).length > 0) {
        throw new VaultError(`${folder} holds secrets, but ${keyFile} is missing. Restore it from a backup.`);
      }
      const fresh = randomBytes(keyBytes);
      await writeDurably(directory, 'vault.key', fresh);
      return new Vault(folder, fresh);
    } catch (error) {
      if (error instanceof VaultError) throw error;
      throw new VaultError(`The folder ${directory} must be readable and writable by the broker.`, { cause: error });
    }
  }

  /** Names of what is in the vault. */
  async list(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => !name.endsWith('.new'));
  }

  /**
   * Opens one secret; null if there is none of this name.
   *
   * @throws {@link VaultError} where the file was changed or the key is another one.
   */
  async read(name: string): Promise<Buffer | null> {
    const sealed = await readIfThere(join(this.folder, name));
    if (sealed === null) return null;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(name));
      decipher.setAuthTag(sealed.subarray(-tagBytes));
      return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
    } catch (cause) {
      throw new VaultError(`${join(this.folder, name)} cannot be opened with the key beside it. Restore both.`, {
        cause
      });
    }
  }

  /** Seals one secret; it is on disk, whole, when this resolves. */
  async write(name: string, secret: Uint8Array): Promise<void> {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(Buffer.from(name));
    const sealed = Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
    await writeDurably(this.folder, name, sealed);
  }
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes beside and renames, so that a crash leaves the old content or the new one. */
async function writeDurably(folder: string, name: string, content: Uint8Array): Promise<void> {
  const file = join(folder, name);
  const handle = await open(`${file}.new`, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}.new`, file);
  const entry = await open(folder, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
