import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createWalletClient, custom, parseEther, toHex } from 'viem';
import type { Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { buyLicense } from '#sdk/actions/buy-license';
import type { BuyLicenseReturnType } from '#sdk/actions/buy-license';
import {
  InsufficientDatacoinError,
  InsufficientEtherError,
  OfferRetiredError,
  SignatureRejectedError,
  WrongChainError
} from '#sdk/actions/chain-errors';
import { connectAccount } from '#sdk/actions/connect-account';
import { openMarket } from '#sdk/actions/connect-market';
import type { Market } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import type { Publisher } from '#sdk/actions/create-publisher';
import { createStream } from '#sdk/actions/create-stream';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import type { Reader } from '#sdk/actions/event-reader';
import { fetchDocument } from '#sdk/actions/fetch-document';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { listProduct } from '#sdk/actions/list-product';
import type { ListProductReturnType } from '#sdk/actions/list-product';
import { quoteLicense } from '#sdk/actions/quote-license';
import { readHistory } from '#sdk/actions/read-history';
import { readLicense } from '#sdk/actions/read-license';
import { requestJson } from '#sdk/actions/request';
import { retireProduct } from '#sdk/actions/retire-product';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { subscribe } from '#sdk/actions/subscribe';
import type { DeliveredEvent, Subscription } from '#sdk/actions/subscribe';
import { buyAndRead } from '#sdk/examples/buy-and-read';
import { publish } from '#sdk/examples/publish';
import { renewAtExpiry } from '#sdk/examples/renew-at-expiry';
import { sell } from '#sdk/examples/sell';
import { productPageSchema } from '#sdk/protocol/discovery';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { payDatacoin } from '../../scripts/start/chain-state.ts';
import { startTestMarket } from '../market.ts';
import type { TestMarket } from '../market.ts';
import { signInAs } from '../sign-in.ts';

const sellerKey = localPrivateKey(1);
const buyerIndex = 7;
const strangerIndex = 8;
const hour = 3600;
const text = (content: Uint8Array | undefined) =>
  content === undefined ? undefined : new TextDecoder().decode(content);

let running: TestMarket;
let market: Market;
let stream: Address;
let product: ListProductReturnType;
let publisher: Publisher;
let buyer: Reader;
let stranger: Reader;
let bought: BuyLicenseReturnType;

const keys = createStreamKeys();
const signer = privateKeySigner(sellerKey);
const wallet = (key: Hex) => connectAccount({ market, account: privateKeyToAccount(key) });
const readerOf = async (index: number): Promise<Reader> => ({
  licensee: addressSchema.parse(privateKeyToAccount(localPrivateKey(index)).address),
  keyPair: await generateKeyPair()
});

/** Takes deliveries until one fits. */
async function take(subscription: Subscription, fits: (event: DeliveredEvent) => boolean): Promise<DeliveredEvent[]> {
  const taken: DeliveredEvent[] = [];
  const events = subscription[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await events.next();
    if (done === true) throw new RangeError('the subscription ended');
    taken.push(value);
    if (fits(value)) return taken;
  }
}

beforeAll(async () => {
  running = await startTestMarket({ databaseUrl: inject('databaseUrl') });
  const { configuration, deployment, chain } = running;
  market = openMarket(
    {
      chainId: deployment.chainId,
      rpcUrl: chain.url,
      deployment,
      brokerUrl: configuration.BROKER_URL,
      marketUrl: configuration.INDEXER_URL,
      local: true
    },
    {
      baseUrl: configuration.INDEXER_URL,
      webSocket: WebSocket,
      clock: () => running.now()
    }
  );
  [buyer, stranger] = await Promise.all([readerOf(buyerIndex), readerOf(strangerIndex)]);
  await payDatacoin(chain.url, deployment, buyerIndex, parseEther('100'));
});

afterAll(async () => {
  await publisher.close();
  await running.stop();
});

describe('the first sale', () => {
  it('lets a seller create a stream, delegate its keys and list it with terms', async () => {
    ({ stream } = await createStream({ market, wallet: wallet(sellerKey), name: 'Bus positions' }));
    await delegateKeys({ market, stream, signer, keys });
    const steps: string[] = [];
    product = await listProduct({
      market,
      wallet: wallet(sellerKey),
      terms: 'Read it, learn from it, do not resell it.',
      document: {
        name: 'Bus positions',
        summary: 'Where every bus is.',
        category: 'transport',
        streams: [{ address: stream, sample: [{ line: 7 }], fields: [{ name: 'line', description: 'Line' }] }]
      },
      pricePerSecond: parseEther('0.001'),
      onStep: ({ step }) => steps.push(step)
    });
    expect(steps).toEqual(['uploading', 'submitting', 'confirming', 'confirmed']);
    expect((await fetchDocument({ market, cid: product.termsCid })).text).toBe(
      'Read it, learn from it, do not resell it.'
    );
    await expect
      .poll(async () => {
        const url = `${market.marketUrl}/v1/products`;
        const { items } = await requestJson({ fetch: market.fetch, url, schema: productPageSchema });
        return items.map(({ offer, document }) => [offer.offerId, document?.name]);
      })
      .toEqual([[product.offerId, 'Bus positions']]);
    publisher = await createPublisher({ market, stream, signer, keys });
    expect((await publisher.publish({ json: { line: 7, stop: 'before anyone bought' } })).offset).toBe(0);
  });

  it('gives a stranger neither ciphertext nor a grant, known or not, and says why', async () => {
    const of = { market, stream, reader: stranger, from: { offset: 0 } } as const;
    const unknown = await subscribe(of);
    await expect(take(unknown, () => true)).rejects.toThrow(/Sign in with the account that holds a licence/);
    await expect(readHistory(of)).rejects.toMatchObject({ problem: { type: '/problems/reader-unknown', status: 401 } });
    const states: string[] = [];
    const session = signInAs(market, strangerIndex);
    const known = await subscribe({
      ...of,
      session,
      waitForAccess: 1_000,
      onState: ({ connection }) => states.push(connection)
    });
    await expect(take(known, () => true)).rejects.toThrow(/holds no running licence/);
    expect(states).toContain('refused');
    await expect(readHistory({ ...of, session })).rejects.toMatchObject({
      problem: { type: '/problems/read-permission-missing', status: 403 }
    });
    expect(await fetchGrants({ market, stream, licensee: stranger.licensee })).toEqual([]);
  });

  it('says in words that somebody has too little DATAcoin, before anything is signed', async () => {
    const buying = buyLicense({
      market,
      wallet: wallet(localPrivateKey(strangerIndex)),
      offer: product.offer,
      position: product.position,
      publicKey: stranger.keyPair.publicKey,
      period: { seconds: hour },
      onStep: ({ step }) => {
        throw new RangeError(`got as far as ${step}`);
      }
    });
    await expect(buying).rejects.toThrow(InsufficientDatacoinError);
    await expect(buying).rejects.toThrow(/You have 0 DATA and the licence costs .* DATA/);
  });

  it('says in words that the wallet is on another network, or that its owner declined', async () => {
    const account = privateKeyToAccount(localPrivateKey(buyerIndex));
    const answers: Record<string, () => unknown> = {
      eth_chainId: () => '0x1',
      eth_signTypedData_v4: () => {
        throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
      }
    };
    const asked: string[] = [];
    const provider = {
      request: ({ method }: { method: string }) => {
        asked.push(method);
        return Promise.resolve().then(() => answers[method]?.());
      }
    };
    const injected = createWalletClient({
      account: account.address,
      chain: market.chain,
      transport: custom(provider, { retryCount: 0 })
    });
    const buy = () =>
      buyLicense({
        market,
        wallet: injected,
        offer: product.offer,
        position: product.position,
        publicKey: buyer.keyPair.publicKey,
        period: { seconds: hour }
      });
    await expect(buy()).rejects.toThrow(WrongChainError);
    await expect(buy()).rejects.toThrow(/on chain 1 and this market on chain 31337/);
    answers.eth_chainId = () => toHex(market.chainId);
    await expect(buy()).rejects.toThrow(SignatureRejectedError);
    expect(asked).not.toContain('eth_sendTransaction');
  });

  it('says in words that there is no ether for the fee', async () => {
    const poor = privateKeyToAccount(generatePrivateKey());
    const creating = createStream({ market, wallet: connectAccount({ market, account: poor }), name: 'Without ether' });
    await expect(creating).rejects.toThrow(InsufficientEtherError);
    await expect(creating).rejects.toThrow(/the account has 0 ETH/);
  });

  it('sells an hour for one signature and one transaction, and the buyer reads decrypted', async () => {
    const { licensee } = buyer;
    // Asked for before anything was bought: it waits until it may.
    const session = signInAs(market, buyerIndex);
    const subscription = await subscribe({ market, stream, session, reader: buyer, from: { offset: 0 } });
    const { now } = await readLicense({ market, offerId: product.offerId, account: licensee });
    const quote = quoteLicense({ offer: product.offer, seconds: hour, now });
    const steps: string[] = [];
    bought = await buyLicense({
      market,
      wallet: wallet(localPrivateKey(buyerIndex)),
      offer: product.offer,
      position: product.position,
      publicKey: buyer.keyPair.publicKey,
      period: { until: quote.until },
      onStep: ({ step }) => steps.push(step)
    });
    expect(steps).toEqual(['signing', 'submitting', 'confirming', 'confirmed']);
    expect(bought.until).toBe(quote.until);
    expect(bought.until % hour).toBe(0);
    expect(bought.paid).toBe(product.offer.pricePerSecond * BigInt(bought.until - bought.from));
    expect(bought.paid).toBeLessThanOrEqual(quote.price);
    await publisher.publish({ json: { line: 7, stop: 'paid for' } });
    const events = await take(subscription, ({ content }) => text(content)?.includes('paid for') === true);
    expect(events.every(({ verified }) => verified)).toBe(true);
    expect(subscription.state().keys).toBe('held');
    subscription.close();
  });

  it('still gives a stranger nothing, also with the grant of somebody else at hand', async () => {
    const grants = await fetchGrants({ market, stream, licensee: buyer.licensee });
    expect(grants.length).toBeGreaterThan(0);
    const forger: Reader = { licensee: buyer.licensee, keyPair: stranger.keyPair };
    // A token that leaked.
    const session = signInAs(market, buyerIndex);
    const events = await readHistory({ market, stream, session, from: { offset: 0 }, reader: forger });
    expect(events.length).toBeGreaterThan(1);
    expect(events.map(({ content }) => content)).toEqual(events.map(() => undefined));
  });

  it('after the licence ended shows nothing published later, and still everything older', async () => {
    const states: string[] = [];
    const session = signInAs(market, buyerIndex);
    const subscription = await subscribe({
      market,
      stream,
      session,
      reader: buyer,
      from: { offset: 1 },
      waitForAccess: Number.POSITIVE_INFINITY,
      onState: ({ keys: state }) => states.push(state)
    });
    await take(subscription, ({ content }) => text(content)?.includes('paid for') === true);
    await running.advance(bought.until - Math.floor(running.now() / 1000) + 120);
    await expect.poll(() => subscription.state().connection, { timeout: 10_000 }).toBe('refused');
    await publisher.publish({ json: { line: 7, stop: 'after the end' } });
    expect(subscription.state().keys).toBe('ended');
    expect(states).toContain('held');
    subscription.close();
    const history = await readHistory({ market, stream, session, from: { offset: 0 }, reader: buyer });
    expect(history.map(({ offset }) => offset)).toEqual([0, 1]);
    expect(text(history[1]?.content)).toContain('paid for');
  });

  it('delivers again what was locked when a new licence brings its key', async () => {
    // Early in a slot, so that event and purchase fall into the same one.
    await running.advance(65 - (Math.floor(running.now() / 1000) % 60));
    // The owner gets the ciphertext, whoever may decrypt it.
    const subscription = await subscribe({
      market,
      stream,
      session: signInAs(market, 1),
      reader: buyer,
      from: { offset: 3 }
    });
    await publisher.publish({ json: { line: 7, stop: 'just before the purchase' } });
    const [locked] = await take(subscription, ({ offset }) => offset === 3);
    expect(locked).toMatchObject({ content: undefined, again: false });
    const renewed = await buyLicense({
      market,
      wallet: wallet(localPrivateKey(buyerIndex)),
      offer: product.offer,
      position: product.position,
      publicKey: buyer.keyPair.publicKey,
      period: { seconds: hour }
    });
    expect(renewed.from).toBeGreaterThan(bought.until);
    const [opened] = await take(subscription, ({ offset }) => offset === 3);
    expect(opened).toMatchObject({ again: true, verified: true, locked: undefined });
    expect(text(opened?.content)).toContain('just before the purchase');
    subscription.close();
  });

  it('does not sell what was retired', async () => {
    await retireProduct({ market, wallet: wallet(sellerKey), offer: product.offer, position: product.position });
    const buying = buyLicense({
      market,
      wallet: wallet(localPrivateKey(buyerIndex)),
      offer: product.offer,
      position: product.position,
      publicKey: buyer.keyPair.publicKey,
      period: { seconds: hour }
    });
    await expect(buying).rejects.toThrow(OfferRetiredError);
  });
});

describe('the examples of the sdk', () => {
  const [readerIndex, renewerIndex] = [5, 6];
  const account = (index: number) => privateKeyToAccount(localPrivateKey(index));
  const pricePerHour = parseEther('0.36');
  let sold: Awaited<ReturnType<typeof sell>>;
  const publishLines = (...lines: readonly number[]) =>
    publish({ market, stream: sold.stream, signer, keys: sold.keys, events: lines.map((line) => ({ line })) });

  it('sell and publish', async () => {
    sold = await sell({ market, account: account(1), signer, name: 'Trams', pricePerHour });
    expect(await publishLines(1, 2, 3)).toBe(2);
    await expect
      .poll(async () => (await fetch(`${market.marketUrl}/v1/products/${sold.productId}`)).status, { timeout: 10_000 })
      .toBe(200);
    await payDatacoin(running.chain.url, running.deployment, readerIndex, parseEther('1'));
    await payDatacoin(running.chain.url, running.deployment, renewerIndex, parseEther('2'));
  });

  it('buy no dearer than they may, and read', async () => {
    const buying = { market, account: account(readerIndex), productId: sold.productId, seconds: hour };
    expect(await buyAndRead({ ...buying, most: 1n, count: 2 })).toBeUndefined();
    const reading = new AbortController();
    const publishing = (async () => {
      for (let line = 4; !reading.signal.aborted; line += 1) await publishLines(line);
    })();
    const texts = await buyAndRead({ ...buying, most: parseEther('1'), count: 2 });
    reading.abort();
    await publishing;
    expect(texts).toEqual([expect.stringMatching(/^\{"line":\d+\}$/), expect.stringMatching(/^\{"line":\d+\}$/)]);
  });

  it('renew what has ended, for as long as the money lasts', async () => {
    const lines: number[] = [];
    // Early in an hour, so that a licence takes almost two of them: two licences, and not a third.
    await running.advance(hour + 60 - (Math.floor(running.now() / 1000) % hour));
    const budget = 4n * pricePerHour;
    const done = renewAtExpiry({
      market,
      account: account(renewerIndex),
      productId: sold.productId,
      seconds: hour,
      budget,
      onEvent: (text) => lines.push((JSON.parse(text) as { line: number }).line)
    });
    // Looked at below; until then nobody waits for it.
    done.catch(() => undefined);
    for (const line of [101, 102]) {
      await expect
        .poll(
          async () => {
            await publishLines(line);
            return lines.includes(line);
          },
          { timeout: 20_000, interval: 500 }
        )
        .toBe(true);
      await running.advance(2 * hour);
    }
    expect(await done).toBe(2);
  });
});
