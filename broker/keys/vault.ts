import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { VaultError } from './errors.ts';
import { openVaultKey, sealVaultKey } from './vault-seal.ts';

const nonceBytes = 12;
const tagBytes = 16;
const keyBytes = 32;

const openKeyFile = 'vault.key';
const sealedKeyFile = 'vault.sealed.json';
/** Ending of files that were not written to their end, or not put in their place. */
const unfinished = '.new';

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
    if (passphrase === undefined) {
      if (lyingOpen !== null) return lyingOpen;
      const fresh = randomBytes(keyBytes);
      if (await createDurably(directory, openKeyFile, fresh)) return fresh;
      return Vault.keyOf(directory, folder, passphrase);
    }
    if (lyingOpen === null) {
      const fresh = randomBytes(keyBytes);
      if (await createDurably(directory, sealedKeyFile, await sealVaultKey(fresh, passphrase))) return fresh;
      return Vault.keyOf(directory, folder, passphrase);
    }
    const key = lyingOpen;
    await writeDurably(directory, sealedKeyFile, await sealVaultKey(key, passphrase));
    await removeDurably(directory, openKeyFile);
    return key;
  }

  /** Names of what is in the vault. */
  async list(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => !name.endsWith(unfinished));
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
    await writeDurably(this.folder, name, this.seal(name, secret));
  }

  /**
   * Seals a secret unless there is one of its name already, also where several processes do so at once.
   *
   * @returns The one that is in the vault now.
   * @throws {@link VaultError}
   */
  async create(name: string, secret: Uint8Array): Promise<Buffer> {
    if (await createDurably(this.folder, name, this.seal(name, secret))) return Buffer.from(secret);
    const there = await this.read(name);
    if (there === null) throw new VaultError(`${join(this.folder, name)} is gone again. Start once more.`);
    return there;
  }

  private seal(name: string, secret: Uint8Array): Buffer {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    cipher.setAAD(Buffer.from(name));
    return Buffer.concat([nonce, cipher.update(secret), cipher.final(), cipher.getAuthTag()]);
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
  await rename(await writeBeside(folder, name, content), join(folder, name));
  await syncFolder(folder);
}

/** The same for a file that is not there yet. @returns False if somebody else made it meanwhile: theirs stays. */
async function createDurably(folder: string, name: string, content: Uint8Array): Promise<boolean> {
  const beside = await writeBeside(folder, name, content);
  try {
    await link(beside, join(folder, name));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(beside);
    await syncFolder(folder);
  }
}

/** @returns The name of a file with the content, whole and on disk. */
async function writeBeside(folder: string, name: string, content: Uint8Array): Promise<string> {
  const file = `${join(folder, name)}.${randomBytes(6).toString('hex')}${unfinished}`;
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return file;
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
