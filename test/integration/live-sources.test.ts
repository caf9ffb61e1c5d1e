import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pino } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { openMarket } from '#sdk/actions/connect-market';
import type { Market } from '#sdk/actions/connect-market';
import { readStream } from '#sdk/actions/read-stream';
import { requestJson } from '#sdk/actions/request';
import { subscribe } from '#sdk/actions/subscribe';
import type { DeliveredEvent } from '#sdk/actions/subscribe';
import { productPageSchema, streamPageSchema } from '#sdk/protocol/discovery';
import type { Product } from '#sdk/protocol/discovery';
import { rootSeed } from '#sdk/protocol/slot-keys';
import { createCatalogue } from '../../scripts/sources/catalogue/catalogue.ts';
import { runSources } from '../../scripts/sources/sources.ts';
import type { Sources } from '../../scripts/sources/sources.ts';
import { openState } from '../../scripts/sources/state.ts';
import type { SellerState } from '../../scripts/sources/state.ts';
import { localMnemonic, localPrivateKey } from '../../scripts/start/accounts.ts';
import { startInternetServers } from '../internet-servers.ts';
import type { InternetServers } from '../internet-servers.ts';
import { startTestMarket } from '../market.ts';
import type { TestMarket } from '../market.ts';
import { signInAs } from '../sign-in.ts';

let running: TestMarket;
let market: Market;
let internet: InternetServers;
let directory: string;
let sources: Sources;
let state: SellerState;

const begin = async (withInternet: boolean) => {
  state = await openState(join(directory, 'sources.json'), market.deployment.genesisHash);
  sources = runSources({
    market,
    sellers: createCatalogue(directory, internet.sources),
    mnemonic: localMnemonic,
    state,
    internet: withInternet,
    internetPause: 200,
    logger: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' })
  });
  await sources.opened;
};

const products = async (): Promise<Product[]> => {
  const url = `${market.marketUrl}/v1/products?limit=100`;
  return (await requestJson({ fetch: market.fetch, url, schema: productPageSchema })).items;
};
const streamCount = async () => {
  const url = `${market.marketUrl}/v1/streams?limit=100`;
  return (await requestJson({ fetch: market.fetch, url, schema: streamPageSchema })).total;
};

const accountOf = (index: number) => privateKeyToAccount(localPrivateKey(index)).address.toLowerCase();

/** The first events of a stream that come from now on, or from an offset, read with the seller's own keys. */
const events = async (key: string, count: number, from?: { readonly offset: number }): Promise<DeliveredEvent[]> => {
  const stream = state.market.streams[key];
  if (stream === undefined) throw new RangeError(`${key} does not exist`);
  const keys = [{ era: stream.era, seeds: [rootSeed(Buffer.from(stream.root.slice(2), 'hex'))] }];
  const { owner } = await readStream({ market, stream: stream.address });
  const index = Array.from({ length: 50 }, (_, number) => number).find((number) => accountOf(number) === owner);
  if (index === undefined) throw new RangeError(`${key} belongs to nobody of this chain`);
  const session = signInAs(market, index);
  const subscription = await subscribe({
    market,
    stream: stream.address,
    session,
    keys,
    ...(from === undefined ? {} : { from })
  });
  const received: DeliveredEvent[] = [];
  for await (const event of subscription) {
    received.push(event);
    if (received.length === count) break;
  }
  return received;
};
const contents = async (key: string, count: number) =>
  (await events(key, count)).map(
    ({ content }) => JSON.parse(new TextDecoder().decode(content)) as Record<string, unknown>
  );

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-sources-'));
  internet = await startInternetServers();
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
    { baseUrl: configuration.INDEXER_URL, webSocket: WebSocket }
  );
  internet.answer(false);
  await begin(true);
});

afterAll(async () => {
  await sources.stop();
  await running.stop();
  await internet.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the demonstration sellers', () => {
  it('list at least ten products from five fields by four sellers, free and paid, without the internet', async () => {
    const ready = async () => (await products()).filter(({ documentState }) => documentState === 'ready').length;
    await expect.poll(ready, { timeout: 20_000 }).toBe(Object.keys(state.market.products).length);
    const listed = await products();
    expect(listed.length).toBeGreaterThanOrEqual(10);
    expect(new Set(listed.map(({ document }) => document?.category)).size).toBeGreaterThanOrEqual(5);
    expect(new Set(listed.map(({ seller }) => seller)).size).toBeGreaterThanOrEqual(4);
    expect(new Set(listed.map(({ offer }) => offer.boundary))).toEqual(new Set([60, 3600]));
    expect(listed.some(({ offer }) => offer.pricePerSecond === '0')).toBe(true);
    expect(listed.some(({ offer }) => offer.pricePerSecond !== '0')).toBe(true);
    expect(listed.some(({ offer }) => offer.streams.length > 1)).toBe(true);
    for (const { document } of listed) {
      for (const { sample, fields } of document?.streams ?? []) {
        expect(sample.length, document?.name).toBeGreaterThan(0);
        const names = new Set(fields.map(({ name }) => name));
        expect(
          Object.keys(sample[0] ?? {}).filter((name) => !names.has(name)),
          document?.name
        ).toEqual([]);
      }
    }
  });

  it('publish what the machine measures, encrypted', async () => {
    const [first, second] = await events('machine-processor', 2);
    expect(first?.verified).toBe(true);
    expect(first?.event.encryptionType).toBe('aes-256-gcm');
    const load = JSON.parse(new TextDecoder().decode(second?.content)) as Record<string, number>;
    expect(load.load).toBeGreaterThanOrEqual(0);
    expect(load.load).toBeLessThanOrEqual(100);
    const [disk] = await contents('machine-disk', 1);
    expect(disk?.sync).toBeGreaterThan(0);
  });

  it('publish one stream for everyone, in the clear', async () => {
    const [received] = await events('machine-memory', 1);
    expect(received).toMatchObject({ verified: true, locked: undefined });
    expect(received?.event.encryptionType).toBe('none');
    const { total, used } = JSON.parse(new TextDecoder().decode(received?.content)) as Record<string, number>;
    expect(total).toBeGreaterThan(used ?? Infinity);
  });

  it('play recordings back with the time of the original', async () => {
    const [flight] = await contents('flights', 1);
    expect(flight?.departure).toMatch(/^2001-0[1-3]-\d\dT\d\d:\d\d$/);
    const [day] = await contents('sp500-daily', 1);
    expect(day?.high).toBeGreaterThanOrEqual(Number(day?.low));
  });

  it('offer sources of the internet once these answer, and not before', async () => {
    expect(state.market.streams['wikimedia-edits']).toBeUndefined();
    const before = (await products()).length;
    internet.answer(true);
    await expect.poll(async () => (await products()).length, { timeout: 30_000 }).toBe(before + 4);
    const [edit] = await contents('wikimedia-edits', 1);
    expect(edit).toMatchObject({ wiki: 'fi.wikipedia.org', kind: 'edit' });
    const [trade] = await contents('exchange-trades', 1);
    expect(trade).toMatchObject({ price: 61250.01, taker: 'buy' });
    expect(state.market.streams['city-weather']).toBeDefined();
    // What a source tells at once is published under one signature.
    const quakes = await events('usgs-earthquakes', 2, { offset: 0 });
    expect(quakes.map(({ verified, event }) => [verified, event.signatureType])).toEqual([
      [true, 'secp256k1-merkle'],
      [true, 'secp256k1-merkle']
    ]);
  });

  it('keep their secrets to themselves', () => {
    const file = join(directory, 'sources.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toContain('root');
  });

  it('go on with the same streams and products after a restart', async () => {
    const before = [await streamCount(), (await products()).length];
    await sources.stop();
    await begin(true);
    const [reading] = await events('machine-processor', 1);
    expect(reading?.verified).toBe(true);
    expect([await streamCount(), (await products()).length]).toEqual(before);
  });

  it('run as a process that finds the market by its address and ends when told to', async () => {
    await sources.stop();
    const { marketUrl, brokerUrl, rpcUrl, chainId, deployment, local } = market;
    const storefront = createServer((_, response) => {
      response.end(JSON.stringify({ marketUrl, brokerUrl, rpcUrl, chainId, deployment, local }));
    });
    await new Promise<void>((resolve) => storefront.listen(0, '127.0.0.1', resolve));
    const environment = {
      PATH: process.env['PATH'],
      PORT: String((storefront.address() as AddressInfo).port),
      DATA_DIRECTORY: join(directory, 'process'),
      LIVE_SOURCES: 'local',
      SELLER_MNEMONIC: localMnemonic
    };
    const sellers = spawn(process.execPath, ['--import', 'tsx', 'scripts/sources/main.ts'], { env: environment });
    const log: string[] = [];
    for (const output of [sellers.stdout, sellers.stderr]) {
      output.setEncoding('utf8').on('data', (text: string) => log.push(text));
    }
    const ended = new Promise<number | null>((resolve) => sellers.once('exit', resolve));
    try {
      await expect.poll(() => log.join(''), { timeout: 60_000 }).toContain('all sources on this machine publish');
    } finally {
      sellers.kill('SIGTERM');
    }
    expect(await ended, log.join('')).toBe(0);
    expect(log.join('')).not.toContain(localMnemonic);
    storefront.close();
  });

  it('do not begin with new keys when the state is damaged', async () => {
    const file = join(directory, 'damaged.json');
    writeFileSync(file, '{"version":1,"markets":{"x":{"streams":');
    await expect(openState(file, 'x')).rejects.toThrow(/Restore it, or move it away/);
  });
});
