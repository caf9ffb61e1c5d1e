import { privateKeyToAccount } from 'viem/accounts';
import { connectAccount } from '#sdk/actions/connect-account';
import type { Market } from '#sdk/actions/connect-market';
import { keepSession, type SessionKeeper } from '#sdk/actions/keep-session';
import { localPrivateKey } from '../scripts/start/accounts.ts';

/**
 * Sessions of an account of the local chain, by its index.
 *
 * @param domain Where the broker is reached under another name than the market: of its PUBLIC_URL.
 */
export function signInAs(market: Market, index: number, domain?: string): SessionKeeper {
  const wallet = connectAccount({ market, account: privateKeyToAccount(localPrivateKey(index)) });
  return keepSession({ market, wallet, ...(domain !== undefined && { domain }) });
}
