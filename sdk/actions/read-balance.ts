import { datacoinAbi } from '#contracts/generated/datacoin';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadBalanceParameters {
  readonly market: Market;
  readonly account: Address;
}
export interface ReadBalanceReturnType {
  /** DATAcoin wei: pays for licences. */
  readonly datacoin: bigint;
  /** Wei of the chain's own coin: pays for transactions. */
  readonly ether: bigint;
}

/**
 * Asks the chain what an account holds.
 *
 * @throws {@link ChainUnreachableError}
 *
 * @example
 * const { datacoin, ether } = await readBalance({ market, account });
 */
export async function readBalance({ market, account }: ReadBalanceParameters): Promise<ReadBalanceReturnType> {
  const { publicClient, deployment } = market;
  try {
    const [datacoin, ether] = await Promise.all([
      publicClient.readContract({
        address: deployment.contracts.DATAcoin,
        abi: datacoinAbi,
        functionName: 'balanceOf',
        args: [account]
      }),
      publicClient.getBalance({ address: account })
    ]);
    return { datacoin, ether };
  } catch (error) {
    throw translateChainError(error, datacoinAbi);
  }
}
