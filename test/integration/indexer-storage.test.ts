import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseConfiguration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { problemSchema } from '#sdk/protocol/problem';
import { createIndexer, type Indexer } from '../../indexer/indexer.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { startPostgres, type RunningPostgres } from '../../scripts/start/postgres.ts';
import { crash } from '../chaos/crash.ts';
import { mountSmallDisk, type SmallDisk } from '../chaos/small-disk.ts';
import { createDatabase } from '../database.ts';
import { indexerTables, until } from '../indexer-tables.ts';
import { marketActors, type MarketActors } from '../market-actors.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-storage-'));
// the account that runs Postgres must be able to pass through
chmodSync(directory, 0o711);
const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

/** Requests that make no sense, in one run; JUNK_REQUESTS=1000000 asks for more. */
const junkRequests = Number(process.env['JUNK_REQUESTS'] ?? 550);

let chain: RunningChain;
let deployment: Deployment;
let actors: MarketActors;
let disk: SmallDisk | string;
let postgres: RunningPostgres;
let indexer: Indexer;
let postgresPort = 0;
let created = 0;

const cluster = () => ({ directory: join(directory, 'disk', 'postgres'), port: postgresPort });
const ask = (path: string, init?: RequestInit) => fetch(indexer.url + path, init);
const isReady = async () => (await ask('/ready')).status === 200;

async function createStreams(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    created += 1;
    await actors.createStream(actors.account(1), `Stream ${String(created)}`);
  }
}

async function streamNames(): Promise<string[]> {
  const answer = await ask('/v1/streams?limit=100');
  if (answer.status !== 200) throw new RangeError(`the streams are not told: ${String(answer.status)}`);
  return ((await answer.json()) as { items: { name: string }[] }).items.map(({ name }) => name);
}

/** What a foreign program may be told while the database is away: that it is, and when to ask again. */
async function expectHonestRefusal(): Promise<void> {
  const answer = await ask('/v1/streams');
  expect(answer.status).toBe(503);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('retry-after')).not.toBeNull();
  const problem = problemSchema.parse(await answer.json());
  expect(problem.type).toBe('/problems/database-unavailable');
}

/** Every fact is there once: what is held now is what an index built from nothing holds. */
async function expectWhole(): Promise<void> {
  await until(async () => (await streamNames().catch(() => [])).length === created);
  const elsewhere = await createDatabase(inject('databaseUrl'));
  const rebuilt = createIndexer({
    configuration: parseConfiguration({
      CHAIN_URL: chain.url,
      DATABASE_URL: elsewhere.url,
      DATA_DIRECTORY: join(directory, 'rebuilt')
    }),
    deployment,
    logger,
    port: 0,
    pollInterval: 50
  });
  try {
    await rebuilt.start();
    await until(async () => (await fetch(`${rebuilt.url}/ready`)).status === 200);
    expect(await indexerTables(postgres.url).facts()).toEqual(await indexerTables(elsewhere.url).facts());
  } finally {
    await rebuilt.stop();
    await elsewhere.drop();
  }
}

beforeAll(async () => {
  disk = await mountSmallDisk(join(directory, 'disk'), 400);
  const [chainPort = 0, port = 0] = await freePorts(2);
  postgresPort = port;
  [chain, postgres] = await Promise.all([startChain({ port: chainPort }), startPostgres(cluster())]);
  deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  actors = marketActors(chain.url, deployment);
  indexer = createIndexer({
    configuration: parseConfiguration({
      CHAIN_URL: chain.url,
      DATABASE_URL: postgres.url,
      DATA_DIRECTORY: join(directory, 'indexer')
    }),
    deployment,
    logger,
    port: 0,
    pollInterval: 50
  });
  await indexer.start();
});

afterAll(async () => {
  await indexer.stop();
  await postgres.stop();
  await chain.stop();
  if (typeof disk !== 'string') await disk.remove();
  rmSync(directory, { recursive: true, force: true });
});

describe('the indexer whose storage fails', () => {
  it('says so while Postgres is gone, and misses nothing of what happened meanwhile', async () => {
    await createStreams(2);
    await until(isReady);
    await until(async () => (await streamNames()).length === created);
    await crash(postgres.pid);
    await expectHonestRefusal();
    expect((await ask('/health')).status).toBe(200);
    await createStreams(3);
    await until(async () => !(await isReady()));
    postgres = await startPostgres(cluster());
    await until(isReady);
    await expectWhole();
  });

  it('loses nothing when Postgres dies again and again in the middle of writing', async () => {
    const ended = new AbortController();
    const creating = createStreams(12).finally(() => {
      ended.abort();
    });
    while (!ended.signal.aborted) {
      await crash(postgres.pid);
      postgres = await startPostgres(cluster());
      await sleep(60);
    }
    await creating;
    await until(isReady);
    await expectWhole();
  });

  it('answers rightly or not at all while the disk is full, and goes on when there is room', async () => {
    if (typeof disk === 'string') {
      console.warn(`Skipped: ${disk}`);
      return;
    }
    const before = await streamNames();
    disk.fill();
    await createStreams(20);
    const answer = await ask('/v1/streams?limit=100');
    if (answer.status === 200) {
      const { items } = (await answer.json()) as { items: { name: string }[] };
      expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(before));
    } else {
      expect(answer.status).toBe(503);
      problemSchema.parse(await answer.json());
    }
    disk.free();
    // Postgres ends where it cannot write its log; somebody starts it again.
    await crash(postgres.pid);
    postgres = await startPostgres(cluster());
    await until(isReady);
    await expectWhole();
  });

  it('refuses what makes no sense, however much of it comes, and answers what does', async () => {
    const big = 'x'.repeat(100_000);
    const post = (body: string, type = 'application/json'): RequestInit => ({
      method: 'POST',
      body,
      headers: { 'content-type': type }
    });
    const junk: readonly (() => Promise<Response>)[] = [
      () => ask('/v1/products/0x12'),
      () => ask(`/v1/products?q=${big.slice(0, 4_000)}`),
      () => ask('/v1/products?limit=-1&cursor=%00'),
      () => ask('/v1/streams/%2e%2e%2f'),
      () => ask('/ipfs/not-a-cid'),
      () => ask('/v1/purchases', post('{"a":')),
      () => ask('/v1/purchases', post(big)),
      () => ask('/v1/nothing', { method: 'DELETE' }),
      () => ask('/graphql', post('{"query":"{"}')),
      () => ask('/graphql', post(JSON.stringify({ query: `{${'a{'.repeat(500)}` }))),
      () => ask('/graphql', post(big, 'text/plain'))
    ];
    const answers = new Map<number, number>();
    let sent = 0;
    const throwJunk = async () => {
      for (let next = sent++; next < junkRequests; next = sent++) {
        const answer = await junk[next % junk.length]?.();
        if (answer === undefined) throw new RangeError('there is junk of every kind');
        await answer.arrayBuffer();
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      }
    };
    const throwing = Promise.all(Array.from({ length: 16 }, throwJunk));
    await createStreams(3);
    await until(async () => (await ask('/health')).status === 200);
    await throwing;
    expect([...answers.values()].reduce((sum, count) => sum + count, 0)).toBe(junkRequests);
    // A GraphQL request that was understood as one is answered with 200 and its errors.
    const unexpected = [...answers.keys()].filter((status) => status !== 200 && (status < 400 || status >= 500));
    expect(unexpected).toEqual([]);
    await until(async () => (await ask('/v1/streams')).status === 200);
    await expectWhole();
  });
});
