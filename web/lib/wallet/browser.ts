import { createWalletClient, custom, numberToHex } from 'viem';
import { z } from 'zod';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { loadMarket } from './market.ts';
import type { Provider } from './provider.ts';

const accountsSchema = z.array(addressSchema);
const chainIdSchema = z.union([z.string(), z.number()]).transform(Number).pipe(z.int().positive());
const refusalSchema = z.object({
  code: z.int(),
  data: z.object({ originalError: z.object({ code: z.int() }) }).optional()
});

/** What the wallet shows to this page without asking its owner: the chosen account, if any, and its chain. */
export async function readProvider(provider: Provider): Promise<{ account: Address | null; chainId: number | null }> {
  const [accounts, chainId] = await Promise.all([
    provider.request({ method: 'eth_accounts' }),
    provider.request({ method: 'eth_chainId' })
  ]);
  return {
    account: accountsSchema.parse(accounts)[0] ?? null,
    chainId: chainIdSchema.safeParse(chainId).data ?? null
  };
}

/** Tells of every later change of account or chain. Returns how to stop. */
export function watchProvider(
  provider: Provider,
  changed: { account(account: Address | null): void; chain(chainId: number): void }
): () => void {
  const accountsChanged = (value: unknown) => {
    const accounts = accountsSchema.safeParse(value);
    changed.account(accounts.success ? (accounts.data[0] ?? null) : null);
  };
  const chainChanged = (value: unknown) => {
    const chainId = chainIdSchema.safeParse(value);
    if (chainId.success) changed.chain(chainId.data);
  };
  provider.on?.('accountsChanged', accountsChanged);
  provider.on?.('chainChanged', chainChanged);
  return () => {
    provider.removeListener?.('accountsChanged', accountsChanged);
    provider.removeListener?.('chainChanged', chainChanged);
  };
}

const lacksChain = (error: unknown) => {
  const refusal = refusalSchema.safeParse(error);
  // 4902 by EIP-3326; some mobile wallets wrap it.
  return refusal.success && (refusal.data.code === 4902 || refusal.data.data?.originalError.code === 4902);
};

/**
 * Asks the wallet to move to the market's chain, and to add it first where the wallet does not know it.
 *
 * @returns The chain that the wallet is on afterwards.
 */
export async function moveToMarketChain(provider: Provider): Promise<number> {
  const market = await loadMarket();
  const { chain } = market;
  const switching = { method: 'wallet_switchEthereumChain', params: [{ chainId: numberToHex(chain.id) }] };
  try {
    await provider.request(switching);
  } catch (error) {
    if (!lacksChain(error)) throw error;
    await provider.request({
      method: 'wallet_addEthereumChain',
      params: [
        {
          chainId: numberToHex(chain.id),
          chainName: chain.name,
          nativeCurrency: chain.nativeCurrency,
          rpcUrls: [market.rpcUrl]
        }
      ]
    });
    await provider.request(switching);
  }
  return chainIdSchema.parse(await provider.request({ method: 'eth_chainId' }));
}

/** A client for the sdk's verbs over the wallet's account; its chain is the market's. */
export async function browserClient(provider: Provider, account: Address) {
  const market = await loadMarket();
  return createWalletClient({
    account,
    chain: market.chain,
    transport: custom({
      request: (request: { method: string; params?: unknown }) => provider.request(request)
    })
  });
}
