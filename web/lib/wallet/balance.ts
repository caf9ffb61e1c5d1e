import { datacoinAbi } from '#contracts/generated/datacoin';
import type { Address } from '#sdk/protocol/primitives';
import { loadMarket } from './market.ts';

/** DATAcoin of an account, in wei, at the newest block. */
export async function datacoinBalance(account: Address): Promise<bigint> {
  const market = await loadMarket();
  return market.publicClient.readContract({
    address: market.deployment.contracts.DATAcoin,
    abi: datacoinAbi,
    functionName: 'balanceOf',
    args: [account]
  });
}
