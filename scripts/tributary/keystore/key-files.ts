import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { KeyExistsError, KeyMissingError, KeystoreInvalidError } from './errors.ts';
import { isExposed, readPrivateFile, whileLocked, writePrivateFile } from './private-file.ts';
import { costOf, openSecret, parseSecretFile, sealSecret } from './secret-storage.ts';
import type { ScryptCost } from './secret-storage.ts';

/** A keystore file that was found. */
export interface KeyFile {
  readonly name: string;
  readonly file: string;
  /** Undefined where the file does not say, or cannot be read. */
  readonly account: Address | undefined;
  /** Others can read it. */
  readonly exposed: boolean;
}

/** A key that was opened. */
export interface OpenedKey {
  readonly account: Address;
  /** Secret. */
  readonly privateKey: Hex;
  /** What sealing anew shall cost. */
  readonly cost: ScryptCost;
}

const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * The file of a key: in the folder by its name; a name with a slash is a path.
 *
 * @throws {@link KeystoreInvalidError} where the name is none.
 */
export function keyFileOf(home: string, name: string): string {
  if (name.includes('/') || name.includes('\\')) return name;
  if (!namePattern.test(name)) {
    throw new KeystoreInvalidError('A key has a name of letters, digits, dots, dashes; or give the path of its file.');
  }
  return join(home, 'keystore', `${name}.json`);
}

/**
 * Makes a new key and writes it sealed.
 *
 * @throws {@link KeyExistsError}
 */
export function createKey(file: string, passphrase: Uint8Array, cost: ScryptCost): Promise<Address> {
  return saveKey(file, toHex(randomBytes(32)), passphrase, cost);
}

/**
 * Writes a private key sealed; never over another one.
 *
 * @throws {@link KeyExistsError}; PrivateKeyInvalidError where it is no private key.
 */
export async function saveKey(
  file: string,
  privateKey: Hex,
  passphrase: Uint8Array,
  cost: ScryptCost
): Promise<Address> {
  const account = addressSchema.parse(privateKeySigner(privateKey).origin);
  const sealed = await sealSecret(Buffer.from(privateKey.slice(2), 'hex'), passphrase, { address: account, cost });
  await whileLocked(file, async () => {
    if ((await isExposed(file)) !== undefined) throw new KeyExistsError(file);
    await writePrivateFile(file, `${JSON.stringify(sealed, null, 2)}\n`);
  });
  return account;
}

/**
 * Opens a key.
 *
 * @throws {@link KeyMissingError}, {@link PassphraseWrongError}, {@link KeystoreInvalidError}, FileExposedError.
 */
export async function openKey(file: string, passphrase: Uint8Array): Promise<OpenedKey> {
  return openKeyText(await readKeyFile(file), file, passphrase);
}

/** The same for the text of a keystore that is at hand. */
export async function openKeyText(text: string, file: string, passphrase: Uint8Array): Promise<OpenedKey> {
  const { crypto } = parseSecretFile(text, file);
  const secret = await openSecret(text, passphrase, file);
  if (secret.length !== 32) {
    throw new KeystoreInvalidError(`${file} holds ${String(secret.length)} bytes; a private key has 32.`);
  }
  const privateKey = toHex(secret);
  return {
    account: addressSchema.parse(privateKeyToAccount(privateKey).address),
    privateKey,
    cost: costOf(crypto)
  };
}

/**
 * The text of a keystore file.
 *
 * @throws {@link KeyMissingError}, FileExposedError.
 */
export async function readKeyFile(file: string): Promise<string> {
  const text = await readPrivateFile(file);
  if (text === undefined) {
    throw new KeyMissingError(`There is no key at ${file}. Make one with "tributary keys create", or name another.`);
  }
  return text;
}

/** All keys in the folder, by name. */
export async function listKeys(home: string): Promise<readonly KeyFile[]> {
  const folder = join(home, 'keystore');
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map(async (entry) => {
        const file = join(folder, entry);
        const exposed = (await isExposed(file)) === true;
        return { name: entry.slice(0, -'.json'.length), file, account: await accountOf(file, exposed), exposed };
      })
  );
}

/** What a keystore file says whose it is, without opening it. */
export async function accountOf(file: string, exposed = false): Promise<Address | undefined> {
  if (exposed) return undefined;
  const text = await readPrivateFile(file);
  if (text === undefined) return undefined;
  try {
    const { address } = parseSecretFile(text, file);
    return address === undefined ? undefined : addressSchema.parse(`0x${address}`);
  } catch (error) {
    if (error instanceof KeystoreInvalidError) return undefined;
    throw error;
  }
}
