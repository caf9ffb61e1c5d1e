import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEther } from 'viem';
import { localAccounts, localPrivateKey } from './accounts.ts';
import { fillWithEther } from './chain-state.ts';

/** Ether with which the account begins anew at every start: thousands of attestations. */
const funds = parseEther('10');
/** Port that a local market asks for files of names under .localhost; the person who tries it out listens there. */
const localProofPort = 4480;

/**
 * Writes the key of the account that attests who sellers are into a file that only its owner can read, and gives it
 * ether.
 *
 * @param data The market's data folder.
 * @returns What the indexer's environment needs to attest, and to ask this machine for the proof of names that end in
 * .localhost, which no public market may; what the environment of this process says stands.
 */
export async function prepareIdentity(data: string, chainUrl: string): Promise<Record<string, string>> {
  const file = join(data, 'identity.key');
  writeFileSync(file, `${localPrivateKey(localAccounts.verifier)}\n`, { mode: 0o600 });
  // The mode above is for a new file only.
  chmodSync(file, 0o600);
  await fillWithEther(chainUrl, localAccounts.verifier, funds);
  const { IDENTITY_KEY_FILE, IDENTITY_LOOPBACK_PORT } = process.env;
  return {
    IDENTITY_KEY_FILE: IDENTITY_KEY_FILE === undefined || IDENTITY_KEY_FILE === '' ? file : IDENTITY_KEY_FILE,
    IDENTITY_LOOPBACK_PORT:
      IDENTITY_LOOPBACK_PORT === undefined || IDENTITY_LOOPBACK_PORT === ''
        ? String(localProofPort)
        : IDENTITY_LOOPBACK_PORT
  };
}
