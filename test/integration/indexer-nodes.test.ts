import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createWalletClient, http } from 'viem';
import { openMarket } from '#sdk/actions/connect-market';
import { openNoticeSession } from '#sdk/actions/open-notice-session';
import { listDeliveries, registerWebhook, removeWebhook } from '#sdk/actions/webhooks';
import { parseConfiguration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import type { IndexStatus } from '#sdk/protocol/discovery';
import { createIndexer, type Indexer, type IndexerOptions } from '../../indexer/indexer.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startChain, type RunningChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { createDatabase } from '../database.ts';
import { startFaultyNode, type FaultyNode, type NodeFault } from '../faulty-node.ts';
import { indexerTables, until } from '../indexer-tables.ts';
import { everyone, forever, marketActors, permissions, type MarketActors } from '../market-actors.ts';
import { startWebhookReceiver } from '../webhook-receiver.ts';

/** All messages but those that the clock brings. */
const outboxQuery = `select * from indexer.outbox where kind <> 'licenseExpiring' order by position`;
const directory = mkdtempSync(join(tmpdir(), 'tributary-indexer-'));
let chain: RunningChain;
let deployment: Deployment;
let actors: MarketActors;
let nodes: FaultyNode[] = [];
let made = 0;

function indexerOf(databaseUrl: string, urls: readonly string[], options: Partial<IndexerOptions> = {}): Indexer {
  const [first = '', ...others] = urls;
  return createIndexer({
    configuration: parseConfiguration({
      CHAIN_URL: first,
      CHAIN_URLS: others.join(','),
      DATABASE_URL: databaseUrl,
      DATA_DIRECTORY: directory
    }),
    deployment,
    logger: pino({ level: 'silent' }),
    port: 0,
    pollInterval: 25,
    patience: { logs: 500, other: 500 },
    ...options
  });
}

const isReady = async ({ url }: Indexer) => (await fetch(`${url}/ready`)).status === 200;
const status = async ({ url }: Indexer) => (await (await fetch(`${url}/v1/status`)).json()) as IndexStatus;
const names = async ({ url }: Indexer) => {
  const response = await fetch(`${url}/v1/streams?limit=100`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { items: { name: string }[] }).items.map(({ name }) => name).sort();
};
const behave = async (...faults: NodeFault[]) => {
  await Promise.all(nodes.map((node, index) => node.behave(faults[index] ?? 'none')));
};
/** Makes a stream with a name of its own. */
async function createStream(): Promise<string> {
  made += 1;
  const name = `Stream ${String(made).padStart(3, '0')}`;
  await actors.createStream(actors.account(1), name);
  return name;
}
const shows = (indexer: Indexer, name: string) => until(async () => (await names(indexer)).includes(name));

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  chain = await startChain({ port });
  deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  actors = marketActors(chain.url, deployment);
  nodes = await Promise.all([0, 1, 2].map(() => startFaultyNode(() => chain.url)));
});
afterAll(async () => {
  for (const node of nodes) node.stop();
  await chain.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('an indexer with several nodes', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let indexer: Indexer;

  beforeAll(async () => {
    database = await createDatabase(inject('databaseUrl'));
    indexer = indexerOf(
      database.url,
      nodes.map(({ url }) => url)
    );
    await indexer.start();
    await until(() => isReady(indexer));
  });
  afterEach(async () => {
    await behave();
    await until(() => isReady(indexer));
  });
  afterAll(async () => {
    await indexer.stop();
    await database.drop();
  });

  it.each<NodeFault>(['gone', 'stalls', 'rubbish', 'limits', 'leaves out logs', 'strange logs', 'lies', 'lags'])(
    'misses nothing while one of them %s',
    async (fault) => {
      await behave(fault);
      // far enough that a node at the old head counts as one that lags
      await actors.chain.mine({ blocks: 5 });
      await shows(indexer, await createStream());
      await shows(indexer, await createStream());
      await until(() => isReady(indexer));
    }
  );

  it.each<NodeFault>(['gone', 'leaves out logs', 'strange logs'])(
    'says so while all of them are: %s, and goes on without a gap afterwards',
    async (fault) => {
      const head = Number(await actors.reader.getBlockNumber());
      await until(async () => (await status(indexer)).indexed?.number === head);
      await behave(fault, fault, fault);
      const hidden = await createStream();
      await actors.chain.mine({ blocks: 5 });
      await until(async () => !(await isReady(indexer)));
      expect(await names(indexer)).not.toContain(hidden);
      expect((await status(indexer)).indexed?.number).toBe(head);
      await behave();
      await shows(indexer, hidden);
    }
  );

  it('has everything once, and nothing that is not on the chain', async () => {
    const fresh = await createDatabase(inject('databaseUrl'));
    const other = indexerOf(fresh.url, [chain.url]);
    try {
      await other.start();
      await until(async () => (await status(other)).indexed?.number === (await status(indexer)).indexed?.number);
      expect(await indexerTables(fresh.url).facts()).toEqual(await indexerTables(database.url).facts());
      expect(await names(indexer)).toHaveLength(made);
    } finally {
      await other.stop();
      await fresh.drop();
    }
  });
});

describe('indexers of one database', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let tables: ReturnType<typeof indexerTables>;

  beforeAll(async () => {
    database = await createDatabase(inject('databaseUrl'));
    tables = indexerTables(database.url);
  });
  afterAll(() => database.drop());

  it('hear of a new block without looking for it', async () => {
    const indexer = indexerOf(database.url, [chain.url], { pollInterval: 3_600_000 });
    try {
      await indexer.start();
      await shows(indexer, await createStream());
      await shows(indexer, await createStream());
    } finally {
      await indexer.stop();
    }
  });

  it('write one at a time: another takes over when it stops, or loses its session', async () => {
    const leader = indexerOf(database.url, [chain.url]);
    const standby = indexerOf(database.url, [chain.url]);
    const writers = async () =>
      await tables.query(`
        select a.pid from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and a.application_name = 'tributary-leader'
          and a.datname = current_database()`);
    try {
      await leader.start();
      await until(async () => (await writers()).length === 1);
      const first = await writers();
      await standby.start();
      await shows(standby, await createStream());
      await until(() => isReady(standby));
      expect(await writers()).toEqual(first);

      await tables.query(`select pg_terminate_backend(${String(first[0]?.['pid'])})`);
      await until(async () => (await writers()).some(({ pid }) => pid !== first[0]?.['pid']));
      const second = await createStream();
      await Promise.all([shows(leader, second), shows(standby, second)]);

      await leader.stop();
      await shows(standby, await createStream());
      expect(await writers()).toHaveLength(1);
    } finally {
      await leader.stop();
      await standby.stop();
    }
  });

  it('tell a webhook of a purchase once, through an outage, a takeover and a reorganisation', async () => {
    const receiver = await startWebhookReceiver();
    const options = {
      configuration: parseConfiguration({
        CHAIN_URL: chain.url,
        DATABASE_URL: database.url,
        DATA_DIRECTORY: directory,
        WEBHOOK_LOOPBACK_PORT: String(receiver.port)
      }),
      schedule: { retries: Array<number>(1_000).fill(20), pause: 10, longestPause: 20, disabledAfter: 3_600_000 }
    };
    const leader = indexerOf(database.url, [chain.url], options);
    const standby = indexerOf(database.url, [chain.url], options);
    const marketAt = ({ url: baseUrl }: Indexer) =>
      openMarket(
        {
          chainId: deployment.chainId,
          rpcUrl: chain.url,
          deployment,
          brokerUrl: '/broker',
          marketUrl: '/',
          local: true
        },
        { baseUrl }
      );
    try {
      await leader.start();
      await until(() => isReady(leader));
      await standby.start();
      const [seller, buyer] = [actors.account(1), actors.account(4)];
      const listed = await actors.listOffer(seller, [await actors.createStream(seller, 'Told of')]);
      await actors.fund(buyer, 10n ** 20n);
      const wallet = createWalletClient({ account: buyer, transport: http(chain.url) });
      const session = await openNoticeSession({ market: marketAt(leader), wallet });
      const registered = await registerWebhook({
        ...{ market: marketAt(leader), session },
        webhook: { url: 'https://buyer.localhost/notices', kinds: ['purchase'] }
      });
      receiver.secrets.set('/notices', registered.secret);
      const snapshot = await actors.chain.snapshot();

      // the receiver is down, and while it is tried again the indexer that tries ends
      receiver.answer('cut');
      const { transactionHash } = await actors.buy(buyer, listed, 3_600);
      await until(() => Promise.resolve(receiver.received.length > 0));
      await leader.stop();
      receiver.answer(204);
      const ofStandby = { market: marketAt(standby), session, webhook: registered.id };
      await until(async () => (await listDeliveries(ofStandby))[0]?.state === 'delivered');
      expect(await listDeliveries(ofStandby)).toHaveLength(1);
      expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
      expect(receiver.received.every(({ genuine }) => genuine)).toBe(true);
      expect(receiver.received[0]?.notice).toMatchObject({ type: 'purchase', data: { transactionHash } });

      const [first] = receiver.received;
      await actors.chain.revert({ id: snapshot });
      await actors.chain.mine({ blocks: 5 });
      await until(() => Promise.resolve(receiver.received.some(({ notice }) => notice.type === 'retracted')));
      expect(receiver.received.at(-1)).toMatchObject({
        genuine: true,
        notice: { data: { notice: first?.id, type: 'purchase', data: { transactionHash } } }
      });
      await until(async () => (await listDeliveries(ofStandby)).every(({ state }) => state === 'delivered'));
      expect((await listDeliveries(ofStandby)).map(({ type }) => type)).toEqual(['retracted', 'purchase']);
      await removeWebhook(ofStandby);
    } finally {
      await leader.stop();
      await standby.stop();
      await receiver.stop();
    }
  });

  it('keep their facts when the code changed', async () => {
    const before = await tables.query(outboxQuery);
    await tables.query(`update indexer.stream set description = 'Made by other rules'`);
    const made = await tables.facts();
    const again = indexerOf(database.url, [chain.url]);
    await again.start();
    await until(() => isReady(again));
    await again.stop();
    expect(await tables.facts()).toEqual(made);
    expect(await tables.query(outboxQuery)).toEqual(before);
    await tables.query(`update indexer.stream set description = ''`);
  });

  const olderFacts = `update indexer.cursor set deployment = '0' || substring(deployment from position(' ' in deployment))`;
  it.each<[string, string, Partial<IndexerOptions>]>([
    ['the facts would differ', olderFacts, {}],
    ['somebody asks for it', 'select', { rebuild: true }]
  ])('build their facts anew beside those that are served when %s', async (_, prepare, options) => {
    const indexes = () => tables.query(`select indexdef from pg_indexes where schemaname = 'indexer' order by 1`);
    const messages = () => tables.query(outboxQuery);
    const right = await tables.facts();
    const before = { indexes: await indexes(), messages: await messages() };
    await tables.query(`update indexer.stream set name = 'Made by other rules'`);
    await tables.query(prepare);
    const built = indexerOf(database.url, [chain.url], options);
    const seen = new Set<number>();
    try {
      await built.start();
      await until(async () => {
        const found = await names(built);
        seen.add(found.length);
        return !found.includes('Made by other rules');
      });
      // at every moment, all of the old or all of the new
      expect([...seen]).toEqual([right.stream.length]);
      expect(await tables.facts()).toEqual(right);
      expect(await indexes()).toEqual(before.indexes);
      expect(await tables.query(`select from pg_namespace where nspname = 'indexer_beside'`)).toEqual([]);
      // nobody outside is told what he knows
      expect(await messages()).toEqual(before.messages);
      const stream = await actors.createStream(actors.account(1), 'Told of');
      await actors.onStream(actors.account(1), stream, 'setPermission', [everyone, permissions.read, forever]);
      await shows(built, 'Told of');
      await until(async () => (await messages()).length === before.messages.length + 1);
      expect((await messages()).at(-1)).toMatchObject({ kind: 'permissionChanged', undoes: null });
    } finally {
      await built.stop();
    }
  });
});
