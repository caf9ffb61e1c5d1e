import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

/**
 * Unix seconds of the chain's newest block: the time by which contracts count.
 *
 * @throws {@link ChainUnreachableError}
 */
export async function readBlockTime({ market }: { readonly market: Market }): Promise<number> {
  try {
    return Number((await market.publicClient.getBlock({ includeTransactions: false })).timestamp);
  } catch (error) {
    throw translateChainError(error, []);
  }
}
