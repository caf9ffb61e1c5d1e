import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { addressSchema } from '#sdk/protocol/primitives';
import { localAccounts, localPrivateKey } from './accounts.ts';

/** Seconds that the attestor of a local market waits for late events: everybody publishes from this machine. */
const localWait = 10;

/** The account whose word the delivery oracle of a local market takes. */
export const localAttestor = addressSchema.parse(privateKeyToAccount(localPrivateKey(localAccounts.attestor)).address);

/**
 * Writes the attestor's key into a file that only its owner can read.
 *
 * @param data The market's data folder.
 * @returns What the broker's environment needs to attest; what the environment of this process says stands.
 */
export function writeAttestorKey(data: string): Record<string, string> {
  const file = join(data, 'attestor.key');
  writeFileSync(file, `${localPrivateKey(localAccounts.attestor)}\n`, { mode: 0o600 });
  // The mode above is for a new file only.
  chmodSync(file, 0o600);
  const { ATTESTOR_KEY_FILE, DELIVERY_WAIT } = process.env;
  return {
    ATTESTOR_KEY_FILE: ATTESTOR_KEY_FILE === undefined || ATTESTOR_KEY_FILE === '' ? file : ATTESTOR_KEY_FILE,
    DELIVERY_WAIT: DELIVERY_WAIT === undefined || DELIVERY_WAIT === '' ? String(localWait) : DELIVERY_WAIT
  };
}
