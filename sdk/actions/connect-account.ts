import type { Account, Chain, Transport, WalletClient } from 'viem';
import { createWalletClient, http } from 'viem';
import type { Market } from './connect-market.ts';

export interface ConnectAccountParameters {
  readonly market: Market;
  /** A local account of viem, such as privateKeyToAccount or mnemonicToAccount make it. */
  readonly account: Account;
}
export type ConnectAccountReturnType = WalletClient<Transport, Chain, Account>;

/**
 * Makes a wallet of a key that the program holds itself, over the market's chain.
 *
 * @example
 * const wallet = connectAccount({ market, account: privateKeyToAccount(privateKey) });
 */
export function connectAccount({ market, account }: ConnectAccountParameters): ConnectAccountReturnType {
  return createWalletClient({ account, chain: market.chain, transport: http(market.rpcUrl, { timeout: 15_000 }) });
}
