import { readFile, stat } from 'node:fs/promises';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { RelayerKeyError } from './errors.ts';

/**
 * Reads the private key of an account that sends transactions.
 *
 * @param file Holds 0x and 64 hexadecimal digits; nobody but its owner may read it.
 * @param variable Which variable of the configuration names it.
 * @throws {@link RelayerKeyError}; its message never holds what was read.
 */
export async function readRelayerKey(file: string, variable = 'RELAYER_KEY_FILE'): Promise<PrivateKeyAccount> {
  let text: string;
  let mode: number;
  try {
    [text, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
  } catch (cause) {
    throw new RelayerKeyError(`${file} cannot be read. Correct ${variable}, or leave it empty.`, { cause });
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new RelayerKeyError(`Others can read ${file}. Take that away (chmod 600), and think of using another key.`);
  }
  const key = bytes32Schema.safeParse(text.trim());
  if (!key.success) throw new RelayerKeyError(`${file} holds no private key: write 0x and 64 hexadecimal digits.`);
  try {
    return privateKeyToAccount(key.data);
  } catch {
    // What the library says may hold the key.
    throw new RelayerKeyError(`${file} holds a number that is no private key of secp256k1.`);
  }
}
