import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createBroker } from '../../broker/broker.ts';
import { deploy } from '../../scripts/deploy/deploy.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type RunningChain, startChain } from '../../scripts/start/chain.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { parseConfiguration } from '#sdk/protocol/configuration';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { encryptedEvent, SocketClient } from '../broker-market.ts';
import { createDatabase } from '../database.ts';
import { marketActors } from '../market-actors.ts';

const owner = privateKeySigner(localPrivateKey(1));
const root = randomBytes(32);
let directory: string;
let chain: RunningChain;
let database: Awaited<ReturnType<typeof createDatabase>>;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tributary-broker-'));
  database = await createDatabase(inject('databaseUrl'));
});

afterAll(async () => {
  await chain.stop();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

it('starts without a chain, says so, tells nobody anything, refuses to publish, and recovers', async () => {
  const [port = 0] = await freePorts(1);
  const stateFile = join(directory, 'chain.json');
  chain = await startChain({ port, stateFile });
  const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  const actors = marketActors(chain.url, deployment);
  const stream = (await actors.createStream(actors.account(1), 'Patient')).toLowerCase() as Address;
  const configuration = parseConfiguration({
    DATA_DIRECTORY: directory,
    CHAIN_URL: chain.url,
    DATABASE_URL: database.url
  });
  const make = () => createBroker({ configuration, deployment, port: 0, logger: pino({ level: 'silent' }) });

  let broker = make();
  await broker.start();
  let client = await SocketClient.connect(broker.url);
  expect(await client.publish([await encryptedEvent(stream, owner, root, { sequence: 1 })])).toEqual([{ offset: 0 }]);
  client.close();
  await broker.stop();
  await chain.stop();

  broker = make();
  await broker.start();
  try {
    expect((await fetch(`${broker.url}/health`)).status).toBe(200);
    const ready = await fetch(`${broker.url}/ready`);
    expect(ready.status).toBe(503);
    expect(((await ready.json()) as { detail: string }).detail).toContain('The chain does not answer');

    // Signing in takes no chain; who may read does.
    client = await SocketClient.connect(broker.url);
    await client.signIn(localPrivateKey(1));
    client.send({ type: 'subscribe', id: 1, stream, partition: 0, from: { offset: 0 } });
    expect((await client.message('problem')).problem).toMatchObject({
      type: '/problems/chain-unavailable',
      status: 503,
      retryAfter: 2
    });
    const next = await encryptedEvent(stream, owner, root, { sequence: 2 });
    const [refused] = await client.publish([next]);
    expect(refused).toMatchObject({ problem: { type: '/problems/chain-unavailable', status: 503 } });
    // What was sent behind it must not come before it: everything comes again over a new connection.
    expect((await client.untilClosed()).code).toBe(1013);

    chain = await startChain({ port, stateFile });
    await expect.poll(async () => (await fetch(`${broker.url}/ready`)).status, { timeout: 20_000 }).toBe(200);
    client = await SocketClient.connect(broker.url);
    await client.signIn(localPrivateKey(1));
    expect(await client.publish([next])).toEqual([{ offset: 1 }]);
    client.send({ type: 'subscribe', id: 2, stream, partition: 0, from: { offset: 0 } });
    await client.message('live');
    expect(client.events.map((event) => event.offset)).toEqual([0, 1]);
    client.close();

    // A chain begun anew under the same address is not the one that was deployed to.
    await chain.stop();
    chain = await startChain({ port });
    const detail = async () => ((await (await fetch(`${broker.url}/ready`)).json()) as { detail?: string }).detail;
    await expect.poll(detail, { timeout: 20_000 }).toContain('another one');
  } finally {
    await broker.stop();
  }
});
