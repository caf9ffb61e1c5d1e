import type { Logger } from 'pino';
import { parseEther, toBytes, toHex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { connectAccount } from '#sdk/actions/connect-account';
import type { Market } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import type { Publisher } from '#sdk/actions/create-publisher';
import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { listProduct } from '#sdk/actions/list-product';
import { setStreamPermission } from '#sdk/actions/set-stream-permission';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import type { StreamKeys } from '#sdk/actions/stream-keys';
import { addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { rootSeed } from '#sdk/protocol/slot-keys';
import type { ProductSource, SellerSource, StreamSource } from './catalogue/source.ts';
import type { Content } from './feeds/feed.ts';
import type { SellerState, StreamState } from './state.ts';

export interface SellerParameters {
  readonly market: Market;
  readonly source: SellerSource;
  readonly account: HDAccount;
  readonly state: SellerState;
  readonly logger: Logger;
}

/** A seller as any stranger could write one: everything it does goes through the sdk and the market's one address. */
export interface Seller {
  /** Creates the stream, unless it exists; delegates its keys; opens a publisher. */
  openStream(source: StreamSource): Promise<Publisher>;
  /** Prolongs what the broker may grant. */
  delegate(source: StreamSource): Promise<void>;
  /** Lists the product, unless it is listed. */
  listProduct(source: ProductSource, samples: ReadonlyMap<string, readonly Content[]>): Promise<void>;
}

export function createSeller({ market, source, account, state, logger }: SellerParameters): Seller {
  const wallet = connectAccount({ market, account });
  const signer = privateKeySigner(toHex(account.getHdKey().privateKey ?? new Uint8Array()));

  const createOnce = async (stream: StreamSource): Promise<StreamState> => {
    const known = state.market.streams[stream.key];
    if (known !== undefined) return known;
    const { root, era } = createStreamKeys();
    const { name, description } = stream;
    const created = await createStream({ market, wallet, name, description });
    const fresh: StreamState = {
      address: created.stream,
      era,
      root: toHex(root),
      createdAt: Math.floor(market.clock() / 1000),
      everyoneReads: false
    };
    await state.saveStream(stream.key, fresh);
    logger.info({ stream: created.stream, name }, 'stream created');
    return fresh;
  };

  const openToEveryone = async (stream: StreamSource, known: StreamState) => {
    if (stream.everyoneReads !== true || known.everyoneReads) return;
    await setStreamPermission({ market, wallet, stream: known.address, account: 'everyone', permission: 'read' });
    await state.saveStream(stream.key, { ...known, everyoneReads: true });
    logger.info({ stream: known.address }, 'stream opened to everyone');
  };

  const delegate = async (stream: StreamSource, known: StreamState) => {
    if (stream.everyoneReads === true) return;
    // From the stream's beginning, so that a licence which started before this program restarted can still be served.
    await delegateKeys({ market, stream: known.address, signer, keys: keysOf(known), from: known.createdAt });
  };

  return {
    openStream: async (stream) => {
      const known = await createOnce(stream);
      await openToEveryone(stream, known);
      await delegate(stream, known);
      return createPublisher({ market, stream: known.address, signer, keys: keysOf(known) });
    },
    delegate: async (stream) => {
      const known = state.market.streams[stream.key];
      if (known !== undefined) await delegate(stream, known);
    },
    listProduct: async (product, samples) => {
      if (state.market.products[product.key] !== undefined) return;
      const streams = product.streams.map((key) => {
        const described = source.streams.find((stream) => stream.key === key);
        return {
          address: addressSchema.parse(state.market.streams[key]?.address),
          sample: [...(samples.get(key) ?? [])],
          fields: [...(described?.fields ?? [])]
        };
      });
      const listed = await listProduct({
        market,
        wallet,
        terms: product.terms,
        document: { ...documentOf(product, source.name), streams },
        pricePerSecond: parseEther(product.pricePerHour) / 3600n,
        boundary: product.boundary,
        minimumPeriod: product.minimumPeriod,
        ...(product.settlement === undefined ? {} : { settlement: product.settlement }),
        ...(product.delivery === undefined ? {} : { delivery: product.delivery })
      });
      const { offerId, productId, position } = listed;
      await state.saveProduct(product.key, { offerId, productId, position });
      logger.info({ productId, name: product.name }, 'product listed');
    }
  };
}

function keysOf({ era, root }: StreamState): StreamKeys {
  return { era, seeds: [rootSeed(toBytes(root))] };
}

function documentOf(product: ProductSource, sellerName: string) {
  const { name, summary, description, category, cadence, origin } = product;
  return {
    name,
    summary,
    description,
    category,
    tags: [...product.tags],
    sellerName,
    recorded: product.recorded ?? false,
    source: origin,
    cadence,
    languages: [...(product.languages ?? [])],
    ...(product.coverage === undefined ? {} : { coverage: product.coverage })
  };
}
