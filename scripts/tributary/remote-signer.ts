import { createWalletClient, custom, http, numberToHex } from 'viem';
import type { Market } from '#sdk/actions/connect-market';
import type { Wallet } from '#sdk/actions/send-transaction';
import type { Address } from '#sdk/protocol/primitives';

/** Milliseconds to wait for somebody to press the button of a hardware wallet. */
const patience = 5 * 60_000;
/** What is asked of the signer; everything else the market's chain answers. */
const signing = new Set(['eth_sendTransaction', 'eth_signTypedData_v4', 'personal_sign']);
const methodUnknown = -32601;

/**
 * A wallet whose key is elsewhere: a JSON-RPC that answers eth_sendTransaction, eth_signTypedData_v4 and personal_sign
 * for the account, as hardware wallets' bridges, wallets and nodes do. It decides by itself what it signs.
 */
export function remoteWallet(parameters: {
  readonly market: Market;
  readonly url: string;
  readonly account: Address;
}): Wallet {
  const { market, url, account } = parameters;
  // Asked once: to ask again could sign, or pay, twice.
  const signer = http(url, { timeout: patience, retryCount: 0 })({ chain: market.chain });
  const chain = http(market.rpcUrl, { timeout: 15_000 })({ chain: market.chain });
  const request = async ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    const call = { method, params } as Parameters<typeof signer.request>[0];
    if (signing.has(method)) return signer.request(call);
    if (method !== 'eth_chainId') return chain.request(call);
    try {
      return await signer.request(call);
    } catch (error) {
      // A signer that only signs knows no chain: the transaction itself names it.
      if (typeof error === 'object' && error !== null && 'code' in error && error.code === methodUnknown) {
        return numberToHex(market.chainId);
      }
      throw error;
    }
  };
  return createWalletClient({ account, chain: market.chain, transport: custom({ request }, { retryCount: 0 }) });
}
