import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { encodeEventTopics } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { contentIdOf, sha256 } from '#sdk/protocol/content-id';
import type { Deployment } from '#sdk/protocol/deployment';
import type { IndexStatus, Product, ProductPage } from '#sdk/protocol/discovery';
import { createIndexer, type Indexer } from '../../indexer/indexer.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { createDatabase } from '../database.ts';
import { startFaultyNode, type FaultyNode } from '../faulty-node.ts';
import { indexerTables, until } from '../indexer-tables.ts';
import { marketActors, type MarketActors } from '../market-actors.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-indexer-'));
let chainPort = 0;
let chain: RunningChain;
let deployment: Deployment;
let actors: MarketActors;
let indexer: Indexer;
let database: { url: string; drop(): Promise<void> };
let node: FaultyNode;

async function get<Answer>(path: string): Promise<Answer> {
  return (await (await fetch(indexer.url + path)).json()) as Answer;
}
const isReady = async () => (await fetch(`${indexer.url}/ready`)).status === 200;
const streamNames = async () =>
  (await get<{ items: { name: string }[] }>('/v1/streams')).items.map(({ name }) => name).sort();

async function startMarket(): Promise<void> {
  chain = await startChain({ port: chainPort });
  deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  actors = marketActors(chain.url, deployment);
}

beforeAll(async () => {
  [chainPort = 0] = await freePorts(1);
  await startMarket();
  node = await startFaultyNode(() => chain.url);
  database = await createDatabase(inject('databaseUrl'));
  indexer = createIndexer({
    configuration: parseConfiguration({ CHAIN_URL: node.url, DATABASE_URL: database.url, DATA_DIRECTORY: directory }),
    deployment: () => Promise.resolve(deployment),
    logger: pino({ level: 'silent' }),
    port: 0,
    pollInterval: 50,
    reorgDepth: 8
  });
});

afterAll(async () => {
  await indexer.stop();
  node.stop();
  await chain.stop();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the indexer in trouble', () => {
  it('starts while the chain is down, says so, and recovers by itself', async () => {
    await chain.stop();
    await indexer.start();
    await until(async () => (await get<{ detail?: string }>('/ready')).detail?.includes('eth_') === true);
    expect((await fetch(`${indexer.url}/ready`)).status).toBe(503);
    expect((await fetch(`${indexer.url}/health`)).status).toBe(200);
    expect((await get<ProductPage>('/v1/products')).total).toBe(0);
    await startMarket();
    await actors.createStream(actors.account(1), 'After the chain came up');
    await until(isReady);
    await until(async () => (await streamNames()).length === 1);
  });

  it('keeps what it has while the chain answers rubbish, is not ready, and is ready again afterwards', async () => {
    await node.behave('rubbish');
    await until(async () => !(await isReady()));
    expect(await streamNames()).toEqual(['After the chain came up']);
    expect((await get<IndexStatus>('/v1/status')).ready).toBe(false);
    await node.behave('none');
    await until(isReady);
  });

  it('reads in smaller ranges from a node that refuses large ones', async () => {
    await node.behave('small ranges');
    await actors.chain.mine({ blocks: 60 });
    await actors.createStream(actors.account(1), 'Behind many blocks');
    await actors.chain.mine({ blocks: 60 });
    await until(async () => (await streamNames()).includes('Behind many blocks'));
    await node.behave('none');
    await until(isReady);
  });

  it('begins anew where a reorganisation is deeper than what it can undo', async () => {
    const snapshot = await actors.chain.snapshot();
    await actors.createStream(actors.account(1), 'Forgotten by all');
    await actors.chain.mine({ blocks: 30 });
    await until(async () => (await streamNames()).includes('Forgotten by all'));
    await actors.chain.revert({ id: snapshot });
    await actors.createStream(actors.account(1), 'In its place');
    await until(async () => (await streamNames()).includes('In its place'));
    expect(await streamNames()).toEqual(['After the chain came up', 'Behind many blocks', 'In its place']);
  });

  it('notices that the chain was reset, and never serves the old one as the new', async () => {
    const old = deployment;
    await chain.stop();
    chain = await startChain({ port: chainPort });
    // the deployment still speaks of the old chain
    await until(async () => (await get<{ detail?: string }>('/ready')).detail?.includes(old.genesisHash) === true);
    expect(await streamNames()).toEqual([]);
    expect((await get<IndexStatus>('/v1/status')).indexed).toBeNull();
    deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
    actors = marketActors(chain.url, deployment);
    await actors.createStream(actors.account(1), 'On the new chain');
    await until(isReady);
    await until(async () => (await streamNames()).length === 1);
    expect(await streamNames()).toEqual(['On the new chain']);
  });

  it('notices that the contracts were deployed again on the same chain', async () => {
    deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
    actors = marketActors(chain.url, deployment);
    await until(async () => (await streamNames()).length === 0);
    await actors.createStream(actors.account(1), 'In the new registry');
    await until(async () => (await streamNames()).length === 1);
  });

  it('counts logs that only look like the market, and takes nothing from them', async () => {
    const tables = indexerTables(database.url);
    const before = await tables.facts();
    // code that emits the first topic of PermissionChanged and nothing else: PUSH32 topic, PUSH0, PUSH0, LOG1
    const [topic] = encodeEventTopics({ abi: streamAbi, eventName: 'PermissionChanged' });
    await actors.deploy(actors.account(3), `0x7f${topic.slice(2)}5f5fa100`);
    await until(async () => (await tables.query('select foul_logs from indexer.cursor'))[0]?.['foul_logs'] === '1');
    expect(await tables.facts()).toEqual(before);
  });
});

describe('product documents', () => {
  const documentFor = (stream: string, name: string) =>
    JSON.stringify({
      version: 1,
      name,
      summary: 'Temperature every second',
      category: 'weather',
      tags: ['Temperature'],
      streams: [{ address: stream }]
    });
  const productNumbered = async (number: bigint) =>
    (await get<ProductPage>('/v1/products?limit=100')).items.find(
      (item) => BigInt(item.offer.productNumber) === number
    );
  const list = async (productNumber: bigint, documentHash: `0x${string}`) => {
    const seller = actors.account(1);
    const [stream] = (await get<{ items: { stream: `0x${string}` }[] }>('/v1/streams')).items;
    if (stream === undefined) throw new RangeError('there is no stream');
    await actors.listOffer(seller, [stream.stream], { productNumber, documentHash });
    await until(async () => (await productNumbered(productNumber)) !== undefined);
  };
  const state = async (number: bigint) => (await productNumbered(number))?.documentState;

  it('are missing until somebody stores them, and then are found at once', async () => {
    const document = documentFor('0x' + '12'.repeat(20), 'Weather of Seattle');
    await list(1n, sha256(new TextEncoder().encode(document)));
    await until(async () => (await state(1n)) === 'missing');
    expect((await productNumbered(1n))?.document).toBeNull();
    const stored = await fetch(`${indexer.url}/v1/content`, { method: 'POST', body: document });
    expect(await stored.json()).toMatchObject({ cid: contentIdOf(new TextEncoder().encode(document)) });
    await until(async () => (await state(1n)) === 'ready');
    const found = await get<ProductPage>('/v1/products?q=wether');
    expect(found.items.map((item: Product) => item.document?.name)).toEqual(['Weather of Seattle']);
    expect(found.facets.category).toEqual([{ value: 'weather', count: 1 }]);
  });

  it.each([
    ['no JSON', 'not JSON at all'],
    ['no product document', '{"version":1}'],
    ['text that Postgres cannot hold', '{"version":1,"name":"\\u0000"}']
  ])('are invalid when they are %s', async (_, text) => {
    const bytes = new TextEncoder().encode(text);
    await fetch(`${indexer.url}/v1/content`, { method: 'POST', body: bytes });
    const number = BigInt(100 + text.length);
    await list(number, sha256(bytes));
    await until(async () => (await state(number)) === 'invalid');
  });

  it('are invalid when what is stored has another hash, until it is stored again', async () => {
    const document = new TextEncoder().encode(documentFor('0x' + '34'.repeat(20), 'Tampered with'));
    const { cid } = (await (await fetch(`${indexer.url}/v1/content`, { method: 'POST', body: document })).json()) as {
      cid: string;
    };
    writeFileSync(join(directory, 'content', cid), 'something else');
    await list(3n, sha256(document));
    await until(async () => (await state(3n)) === 'invalid');
    expect((await fetch(`${indexer.url}/ipfs/${cid}`)).status).toBe(502);
    await fetch(`${indexer.url}/v1/content`, { method: 'POST', body: document });
    await until(async () => (await state(3n)) === 'ready');
  });
});
