import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { VaultError } from './errors.ts';
import { openVaultKey, sealVaultKey } from './vault-seal.ts';

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

const openKeyFile = 'vault.key';
const sealedKeyFile = 'vault.sealed.json';

/**
 * Secrets on disk: every file is sealed with AES-256-GCM, its name as additional data. Folders are 0700 and files 0600.
 * The key of it lies beside the vault, in one of two ways:
 *
 * - sealed by a passphrase (vault.sealed.json): who reads the disk reads nothing without it;
 * - open (vault.key): that protects copies of the vault alone; whoever reads both reads everything.
 *
 * A vault with an open key that is opened with a passphrase is sealed by it from then on. Its key stays the same, so
 * copies of vault.key that were made before open it still: delete them.
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
   * @param passphrase UTF-8; undefined for a vault whose key lies beside it, open.
   * @throws {@link VaultError} where the folder cannot be used, or the vault is sealed and no passphrase was given;
   *   VaultPassphraseError where the passphrase is not the one.
   */
  static async open(directory: string, passphrase?: Uint8Array): Promise<Vault> {
    const folder = join(directory, 'vault');
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      return new Vault(folder, await Vault.keyOf(directory, folder, passphrase));
    } catch (error) {
      if (error instanceof VaultError) throw error;
      throw new VaultError(`The folder ${directory} must be readable and writable by the broker.`, { cause: error });
    }
  }

  private static async keyOf(directory: string, folder: string, passphrase?: Uint8Array): Promise<Buffer> {
    const openFile = join(directory, openKeyFile);
    const sealedFile = join(directory, sealedKeyFile);
    const [lyingOpen, sealed] = [await readIfThere(openFile), await readIfThere(sealedFile)];
    if (lyingOpen !== null && lyingOpen.length !== keyBytes) {
      throw new VaultError(`${openFile} is damaged. Restore it from a backup.`);
    }
    if (sealed !== null) {
      if (passphrase === undefined) {
        throw new VaultError(
          `The vault in ${directory} is sealed. Set VAULT_PASSPHRASE_FROM to where it is read from.`
        );
      }
      const key = await openVaultKey(sealed, passphrase, sealedFile);
      // Cut off between sealing the key and taking the open one away.
      if (lyingOpen?.equals(key) === true) await removeDurably(directory, openKeyFile);
      else if (lyingOpen !== null) {
        throw new VaultError(`${openFile} is not the key in ${sealedFile}. Move away the one of another vault.`);
      }
      return key;
    }
    if (lyingOpen === null && (await readdir(folder)).length > 0) {
      throw new VaultError(`${folder} holds secrets, but ${openFile} is missing. Restore it from a backup.`);
    }
    const key = lyingOpen ?? randomBytes(keyBytes);
    if (passphrase === undefined) {
      if (lyingOpen === null) await writeDurably(directory, openKeyFile, key);
      return key;
    }
    await writeDurably(directory, sealedKeyFile, await sealVaultKey(key, passphrase));
    if (lyingOpen !== null) await removeDurably(directory, openKeyFile);
    return key;
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
      throw new VaultError(`${join(this.folder, name)} cannot be opened with the vault's key. Restore both.`, {
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
  await syncFolder(folder);
}

/** Removes a file; it is gone for good when this resolves. */
async function removeDurably(folder: string, name: string): Promise<void> {
  await unlink(join(folder, name));
  await syncFolder(folder);
}

async function syncFolder(folder: string): Promise<void> {
  const entry = await open(folder, 'r');
  try {
    await entry.sync();
  } finally {
    await entry.close();
  }
}
