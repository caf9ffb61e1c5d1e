import { BaseError, createPublicClient, http, type Address as ChecksumAddress } from 'viem';
import { normalize } from 'viem/ens';
import type { IdentityStep } from '#sdk/protocol/identity';
import type { Address } from '#sdk/protocol/primitives';

/** ENS's universal resolver, at the same address on every chain that has ENS (docs.ens.domains/learn/deployments). */
const universalResolver = '0xeeeeeeee14d718c2b47d9923deab1335e144eeee';
/** Chains that have ENS: Ethereum and its test networks. */
export const ensChains: ReadonlySet<number> = new Set([1, 11_155_111, 17_000]);

/**
 * Looks whether an ENS name and an account name each other: the name's address record and the account's primary name.
 * Since the account sets the latter itself, no signature is asked for beside it. Names that are kept off the chain
 * (CCIP-Read, ERC-3668) are not followed: their servers could be any.
 *
 * @param rpcUrl JSON-RPC of a chain that has ENS.
 * @returns Two steps; never throws for what others do.
 */
export async function proveEnsName(account: Address, name: string, rpcUrl: string): Promise<IdentityStep[]> {
  const client = createPublicClient({ transport: http(rpcUrl, { timeout: 8_000, retryCount: 1 }), ccipRead: false });
  const wanted = normalized(name);
  if (wanted !== name) {
    return [
      {
        lookedUp: `normalize ${name}`,
        outcome: 'contradicted',
        found: wanted,
        advice: wanted === null ? 'This can be no ENS name.' : `Ask for ${wanted}.`
      }
    ];
  }
  const universalResolverAddress = universalResolver as ChecksumAddress;
  const forward = look(
    `address of ${name}`,
    () => client.getEnsAddress({ name, universalResolverAddress, strict: true }),
    (found) => found.toLowerCase() === account,
    `Set the address record (ETH) of ${name} to ${account}.`
  );
  const reverse = look(
    `primary name of ${account}`,
    () => client.getEnsName({ address: account, universalResolverAddress, strict: true }),
    (found) => found === name,
    `Set the primary name of ${account} to ${name}, on the chain of ENS.`
  );
  return Promise.all([forward, reverse]);
}

async function look(
  lookedUp: string,
  ask: () => Promise<string | null>,
  fits: (found: string) => boolean,
  advice: string
): Promise<IdentityStep> {
  try {
    const found = await ask();
    if (found === null) return { lookedUp, outcome: 'absent', found, advice };
    return fits(found)
      ? { lookedUp, outcome: 'proved', found, advice: null }
      : { lookedUp, outcome: 'contradicted', found: found.slice(0, 300), advice };
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    // what the contracts refuse is an answer
    const reverted = error.walk((cause) => cause instanceof Error && cause.name === 'ContractFunctionRevertedError');
    return reverted === null
      ? { lookedUp, outcome: 'unreachable', found: null, advice: 'The chain of ENS does not answer. Try again later.' }
      : { lookedUp, outcome: 'absent', found: null, advice };
  }
}

/** The name as ENSIP-15 writes it; null for what is none. */
function normalized(name: string): string | null {
  try {
    return normalize(name);
  } catch {
    return null;
  }
}
