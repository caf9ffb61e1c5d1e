import { karmaAbi } from '#contracts/generated/karma';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadKarmaParameters {
  readonly market: Market;
  readonly account: Address;
}
/** Points in DATAcoin wei, as much as was exchanged, halved with every half-life since; zero below one DATA. */
export interface ReadKarmaReturnType {
  readonly seller: bigint;
  readonly buyer: bigint;
  readonly broker: bigint;
}

/** Numbers of IKarma.Role. */
const roles = { seller: 0, buyer: 1, broker: 2 } as const;

/**
 * Asks the chain for an account's karma in each role, as of now.
 *
 * @throws {@link ChainUnreachableError}
 *
 * @example
 * const { seller } = await readKarma({ market, account });
 */
export async function readKarma({ market, account }: ReadKarmaParameters): Promise<ReadKarmaReturnType> {
  const points = (role: number) =>
    market.publicClient.readContract({
      address: market.deployment.contracts.Karma,
      abi: karmaAbi,
      functionName: 'pointsOf',
      args: [account, role]
    });
  try {
    const [seller, buyer, broker] = await Promise.all([
      points(roles.seller),
      points(roles.buyer),
      points(roles.broker)
    ]);
    return { seller, buyer, broker };
  } catch (error) {
    throw translateChainError(error, karmaAbi);
  }
}
