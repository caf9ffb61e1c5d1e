import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localAccounts, localPrivateKey } from './accounts.ts';

/**
 * Writes the key of the account that carries purchases into a file that only its owner can read.
 *
 * @param data The market's data folder.
 * @returns What the indexer's environment needs to relay; what the environment of this process says stands.
 */
export function writeRelayerKey(data: string): Record<string, string> {
  const file = join(data, 'relayer.key');
  writeFileSync(file, `${localPrivateKey(localAccounts.relayer)}\n`, { mode: 0o600 });
  // The mode above is for a new file only.
  chmodSync(file, 0o600);
  const { RELAYER_KEY_FILE } = process.env;
  return { RELAYER_KEY_FILE: RELAYER_KEY_FILE === undefined || RELAYER_KEY_FILE === '' ? file : RELAYER_KEY_FILE };
}
