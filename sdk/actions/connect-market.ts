import type { Chain, HttpTransport, PublicClient } from 'viem';
import { createPublicClient, defineChain, http } from 'viem';
import { marketSchema } from '../protocol/market.ts';
import type { MarketDocument } from '../protocol/market.ts';
import { createBrokerAddresses, fetchWithFailOver } from './fail-over.ts';
import type { BrokerAddresses } from './fail-over.ts';
import { platformFetch, platformWebSocket } from './platform.ts';
import type { Fetch, WebSocketConstructor } from './platform.ts';
import { requestJson } from './request.ts';

/** A market, as every other verb needs it. All addresses are absolute and end without a slash. */
export interface Market extends MarketDocument {
  /** The broker in use, and where to go when it fails. */
  readonly brokers: BrokerAddresses;
  /** The broker's WebSocket. */
  readonly webSocketUrl: string;
  /** The chain, for viem's wallet clients. */
  readonly chain: Chain;
  /** Reads the chain. */
  readonly publicClient: PublicClient<HttpTransport, Chain>;
  /** Unix time in milliseconds. */
  readonly clock: () => number;
  readonly fetch: Fetch;
  readonly webSocket: WebSocketConstructor | undefined;
}

export interface ConnectMarketOptions {
  /** Needed in Node before 22, which has none of its own: WebSocket of package ws. */
  readonly webSocket?: WebSocketConstructor;
  readonly fetch?: Fetch;
  /** Unix time in milliseconds; Date.now unless a test moves time. */
  readonly clock?: () => number;
}
export type ConnectMarketReturnType = Market;

/**
 * Learns from a market where its chain, contracts, broker and discovery service are.
 *
 * @param url Where the storefront is, such as "http://localhost:4400".
 * @throws {@link MarketUnreachableError}, {@link MarketRefusedError}, {@link AnswerInvalidError}
 *
 * @example
 * const market = await connectMarket('http://localhost:4400', { webSocket: WebSocket });
 */
export async function connectMarket(url: string, options: ConnectMarketOptions = {}): Promise<ConnectMarketReturnType> {
  const fetch = options.fetch ?? platformFetch;
  const documentUrl = new URL('/market.json', url).toString();
  const document = await requestJson({ fetch, url: documentUrl, schema: marketSchema });
  return openMarket(document, { ...options, baseUrl: documentUrl });
}

/** The same from a market document that is at hand already; relative addresses are relative to `baseUrl`. */
export function openMarket(document: MarketDocument, options: ConnectMarketOptions & { baseUrl: string }): Market {
  const absolute = (address: string) => new URL(address, options.baseUrl).toString().replace(/\/+$/, '');
  const rpcUrl = absolute(document.rpcUrl);
  const brokerUrl = absolute(document.brokerUrl);
  const brokers = createBrokerAddresses([brokerUrl, ...(document.otherBrokerUrls ?? []).map(absolute)]);
  const chain = defineChain({
    id: document.chainId,
    name: document.local ? 'Tributary local chain' : `Chain ${String(document.chainId)}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
    testnet: document.local
  });
  return {
    ...document,
    rpcUrl,
    brokerUrl,
    brokers,
    marketUrl: absolute(document.marketUrl),
    webSocketUrl: `${brokerUrl.replace(/^http/, 'ws')}/v1/ws`,
    chain,
    publicClient: createPublicClient({
      chain,
      transport: http(rpcUrl, { timeout: 15_000 }),
      // A local chain makes a block a second: asking more often makes a purchase feel immediate.
      pollingInterval: document.local ? 200 : 2_000,
      cacheTime: 0
    }),
    clock: options.clock ?? Date.now,
    fetch: fetchWithFailOver(options.fetch ?? platformFetch, brokerUrl, brokers),
    webSocket: options.webSocket ?? platformWebSocket()
  };
}
