import type { BrowserContext } from 'playwright-core';
import { parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { connectAccount } from '#sdk/actions/connect-account';
import { connectMarket, type Market } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { listProduct } from '#sdk/actions/list-product';
import type { WebSocketConstructor } from '#sdk/actions/platform';
import { setStreamPermission } from '#sdk/actions/set-stream-permission';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import type { Offer } from '#sdk/protocol/offer';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Settlement } from '#sdk/protocol/settlement';
import { privateKeySigner } from '#sdk/protocol/signature';
import { payDatacoin } from '../../scripts/start/chain-state.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startTestMarket, type TestMarket } from '../market.ts';
import { installTestWallet, type TestWallet } from './test-wallet.ts';

/** A whole market with its pages, and the same market as a program sees it. */
export interface Storefront extends TestMarket {
  readonly market: Market;
}

/**
 * Starts a market with one-second blocks behind the pages that the setup built.
 *
 * @param environment - Variables of the configuration beyond those that a test market sets.
 */
export async function startStorefront(
  databaseUrl: string,
  environment: Readonly<Record<string, string>> = {}
): Promise<Storefront> {
  const running = await startTestMarket({ databaseUrl, blockTime: 1, storefront: true, environment });
  const market = await connectMarket(running.url, {
    webSocket: WebSocket as unknown as WebSocketConstructor,
    clock: () => running.now()
  });
  return { ...running, market };
}

export interface SoldStream {
  readonly stream: Address;
  readonly productId: Hex;
  readonly offerId: Hex;
  readonly offer: Offer;
  /** Publishes one event with the next number of a count, and returns that number. */
  publish(): Promise<number>;
  stop(): Promise<void>;
}

export interface SellParameters {
  readonly name: string;
  /** Index of the seller among the local accounts. */
  readonly seller: number;
  readonly pricePerSecond?: bigint;
  /** Seconds; an hour unless said otherwise. */
  readonly boundary?: number;
  /** Anyone may read. */
  readonly everyone?: boolean;
  /** At once unless said otherwise. */
  readonly settlement?: Settlement;
}

/** Sells a stream as a seller's program does, by the sdk alone. */
export async function sellStream({ market }: Storefront, parameters: SellParameters): Promise<SoldStream> {
  const {
    name,
    seller,
    pricePerSecond = parseEther('0.001'),
    boundary = 3600,
    everyone = false,
    settlement = 'at-once'
  } = parameters;
  const privateKey = localPrivateKey(seller);
  const wallet = connectAccount({ market, account: privateKeyToAccount(privateKey) });
  const signer = privateKeySigner(privateKey);
  const keys = createStreamKeys();
  const { stream } = await createStream({ market, wallet, name, description: `${name}, measured every second.` });
  if (everyone) await setStreamPermission({ market, wallet, stream, account: 'everyone', permission: 'read' });
  else await delegateKeys({ market, stream, signer, keys });
  const { productId, offerId, offer } = await listProduct({
    market,
    wallet,
    terms: 'Read it, learn from it, do not resell it.',
    document: {
      name,
      summary: `${name}, measured every second.`,
      category: 'sensors',
      sellerName: 'Harbour office',
      coverage: { places: [{ name: 'Zug', geometry: { type: 'Point', coordinates: [8.52, 47.17] } }] },
      streams: [
        {
          address: stream,
          sample: [{ count: 1, level: 2.41 }],
          fields: [{ name: 'level', description: 'Height of the water', unit: 'm' }]
        }
      ]
    },
    pricePerSecond,
    boundary,
    settlement
  });
  const publisher = await createPublisher({ market, stream, signer, ...(everyone ? {} : { keys }) });
  let count = 0;
  return {
    stream,
    productId,
    offerId,
    offer,
    publish: async () => {
      count += 1;
      await publisher.publish({ json: { count, level: 2.4 + Math.sin(count / 5) / 10 } });
      return count;
    },
    stop: () => publisher.close()
  };
}

/**
 * Puts a wallet with an account of the local chain into a context.
 *
 * @param datacoin Whole DATA that the account gets.
 */
export async function giveWallet(
  { chain, deployment }: Storefront,
  context: BrowserContext,
  { account, datacoin }: { readonly account: number; readonly datacoin: number }
): Promise<TestWallet> {
  if (datacoin > 0) await payDatacoin(chain.url, deployment, account, parseEther(String(datacoin)));
  return installTestWallet(context, {
    chainUrl: chain.url,
    chainId: deployment.chainId,
    privateKey: localPrivateKey(account)
  });
}
