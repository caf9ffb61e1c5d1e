import type { MarketContext } from './market-context.ts';

/** Chain id of anvil: its ether and DATAcoin are play money. */
const localChainId = 31_337;

/** Whether this is the market on a local chain, where demo wallets are filled for the asking. */
export function isLocalMarket({ configuration, deployment }: MarketContext): boolean {
  return deployment.chainId === localChainId && configuration.FAUCET_PRIVATE_KEY !== undefined;
}
