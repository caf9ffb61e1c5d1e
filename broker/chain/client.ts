import { createPublicClient, http, type PublicClient } from 'viem';
import type { Deployment } from '#sdk/protocol/deployment';
import type { Configuration } from '#sdk/protocol/configuration';

export type ChainClient = PublicClient;

/**
 * Opens a client of the chain's JSON-RPC. Calls of one tick travel as one batch; nothing is cached, since a permission
 * that was true a moment ago may have been revoked.
 */
export function createChainClient(
  configuration: Pick<Configuration, 'CHAIN_URL'>,
  deployment: Pick<Deployment, 'chainId'>
): ChainClient {
  return createPublicClient({
    chain: {
      id: deployment.chainId,
      name: 'chain of the deployment',
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [configuration.CHAIN_URL] } }
    },
    transport: http(configuration.CHAIN_URL.replace(/^ws/, 'http'), {
      batch: { batchSize: 200 },
      retryCount: 1,
      retryDelay: 100,
      timeout: 5_000
    }),
    cacheTime: 0
  });
}

/** What the chain's client says in one line, without the address of the endpoint, which may hold a key. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) {
    const short: unknown = (error as { shortMessage?: unknown }).shortMessage;
    const text = typeof short === 'string' ? short : error.message;
    return (text.split('\n')[0] ?? text).replace(/\b(?:https?|wss?):\/\/\S+/g, '<endpoint>').slice(0, 300);
  }
  return String(error).slice(0, 300);
}
