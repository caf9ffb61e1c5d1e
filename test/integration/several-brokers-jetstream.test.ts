import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { type NatsServer, natsServerMissing, startNatsServer } from '../nats-server.ts';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { issuerSchema } from '#sdk/protocol/grant';
import { openGrant, sealDelegation } from '#sdk/protocol/grant-sealing';
import { generateKeyPair } from '#sdk/protocol/hpke';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { rootSeed, slotKey } from '#sdk/protocol/slot-keys';
import { type BrokerMarket, encryptedEvent, SocketClient, startBrokerMarket } from '../broker-market.ts';
import { createDatabase } from '../database.ts';

const owner = privateKeySigner(localPrivateKey(1));
const frames = 45;
const perFrame = 10;
const day = 86_400;
const missing = natsServerMissing();
if (missing !== null) console.warn(missing);

describe.skipIf(missing !== null)('three brokers that share nothing but JetStream', () => {
  let market: BrokerMarket;
  let server: NatsServer;
  let doomed: ChildProcess | undefined;
  const brokers: Broker[] = [];
  const ends: (() => Promise<void>)[] = [];
  /** Of each broker; the first one is a process of its own. */
  const urls: string[] = [];

  /** Everything that a broker has for itself. */
  async function environmentOf(name: string): Promise<Record<string, string>> {
    const database = await createDatabase(inject('databaseUrl'));
    ends.push(database.drop);
    const directory = join(market.directory, name);
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, 'deployment.json'), JSON.stringify(market.deployment));
    const [port = 0] = await freePorts(1);
    return {
      ...market.environment,
      DATABASE_URL: database.url,
      DATA_DIRECTORY: directory,
      BROKER_PORT: String(port),
      NATS_URL: server.url,
      NATS_MONITORING_URL: server.monitoringUrl
    };
  }

  beforeAll(async () => {
    market = await startBrokerMarket(inject('databaseUrl'));
    server = await startNatsServer({ directory: join(market.directory, 'nats') });
    const environment = await environmentOf('process');
    doomed = spawn(process.execPath, ['--import', 'tsx', 'broker/main.ts'], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'inherit']
    });
    urls.push(`http://127.0.0.1:${environment['BROKER_PORT'] ?? ''}`);
    for (const name of ['second', 'third']) {
      const broker = market.broker({ configuration: parseConfiguration(await environmentOf(name)) });
      await broker.start();
      brokers.push(broker);
      urls.push(broker.url);
    }
    for (;;) {
      const ready = await fetch(`${String(urls[0])}/ready`).catch(() => null);
      if (ready?.status === 200) return;
      await sleep(50);
    }
  });

  afterAll(async () => {
    doomed?.kill('SIGKILL');
    for (const broker of brokers) await broker.stop();
    for (const end of ends) await end();
    await server.stop();
    await market.stop();
  });

  it('are ready, and warn of nothing', async () => {
    for (const url of urls) expect(await (await fetch(`${url}/ready`)).json()).toEqual({ status: 'ready' });
  });

  it('give every subscriber the same events in the same order, though one of them is killed under load', async () => {
    const stream = (await market.actors.createStream(market.actors.account(1), 'Shared')).toLowerCase() as Address;
    const root = randomBytes(32);
    const readers = await Promise.all(urls.map((url) => SocketClient.connect(url)));
    for (const reader of readers) {
      await reader.signIn(localPrivateKey(1));
      reader.send({ type: 'subscribe', id: 1, stream, partition: 0, from: { offset: 0 } });
      await reader.message('live');
    }
    const begin = Date.now();
    // Timestamps that go back and forth between the times under which the store files its events.
    const encoded = await Promise.all(
      Array.from({ length: frames * perFrame }, async (_, sequence) =>
        encodeEvent(await encryptedEvent(stream, owner, root, { sequence, timestamp: begin - (sequence % 3) * 10_000 }))
      )
    );
    /** Sequence of the event -> offset that was acknowledged. */
    const acknowledged = new Map<number, number>();
    /** Publishes its share of the frames, at the next broker where one is away, and again what was not acknowledged. */
    const publish = async (share: number): Promise<void> => {
      let at = share;
      let client = await SocketClient.connect(String(urls[at]));
      for (let frame = share; frame < frames;) {
        try {
          const results = await client.publish(encoded.slice(frame * perFrame, (frame + 1) * perFrame));
          for (const [place, result] of results.entries()) {
            if ('problem' in result) throw new TypeError(JSON.stringify(result.problem));
            const sequence = frame * perFrame + place;
            expect(acknowledged.get(sequence) ?? result.offset).toBe(result.offset);
            acknowledged.set(sequence, result.offset);
          }
          frame += urls.length;
        } catch (error) {
          // A closed socket, or one that cannot be opened, but nothing that the test found wrong.
          if (error instanceof TypeError || client.closed === null) throw error;
          at = at === 0 ? 1 : at;
          client = await SocketClient.connect(String(urls[at]));
        }
      }
      client.close();
    };
    const publishing = Promise.all(urls.map((_, share) => publish(share)));
    while (acknowledged.size < (frames * perFrame) / 3) await sleep(5);
    doomed?.kill('SIGKILL');
    await publishing;

    const total = frames * perFrame;
    const survivors = readers.slice(1);
    for (const reader of survivors) await reader.until(() => reader.events.length >= total, 'all events');
    const [one, other] = survivors.map((reader) => reader.events.map(({ offset, event }) => [offset, event.sequence]));
    expect(one).toEqual(other);
    expect(one?.map(([offset]) => offset)).toEqual(Array.from({ length: total }, (_, offset) => offset));
    expect(new Map(one?.map(([offset = 0, sequence = 0]) => [sequence, offset]))).toEqual(acknowledged);
    // The one that died had told nothing else.
    const told = readers[0]?.events.map(({ offset, event }) => [offset, event.sequence]) ?? [];
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual(one?.slice(0, told.length));
    for (const reader of readers) reader.close();
  });

  it('deliver grants that another one issued', async () => {
    const [issuing, passing] = [String(urls[1]), String(urls[2])];
    const stream = (await market.actors.createStream(market.actors.account(1), 'Granted')).toLowerCase() as Address;
    const root = randomBytes(32);
    const { issuer, publicKey } = issuerSchema.parse(await (await fetch(`${issuing}/v1/issuer`)).json());
    const now = Math.floor(Date.now() / 1000);
    const listed = await market.actors.listOffer(market.actors.account(1), [stream], { productNumber: BigInt(now) });
    const delegation = await sealDelegation(
      {
        stream,
        era: 0,
        fromSlot: Math.floor((now - day) / 60),
        untilSlot: Math.floor((now + 90 * day) / 60),
        issuer,
        recipient: publicKey,
        seeds: [rootSeed(root)]
      },
      owner
    );
    const answer = await fetch(`${issuing}/v1/streams/${stream}/delegation`, {
      method: 'PUT',
      body: JSON.stringify(delegation)
    });
    expect(answer.status).toBe(204);

    const buyer = market.actors.account(5);
    const licensee = buyer.address.toLowerCase() as Address;
    const keyPair = await generateKeyPair();
    await market.actors.fund(buyer, 10n ** 24n);
    const waiting = await SocketClient.connect(passing);
    await waiting.signIn(localPrivateKey(1));
    waiting.send({ type: 'subscribe', id: 1, stream, partition: 0, licensee });
    await waiting.message('live');
    await market.actors.buy(buyer, listed, 3600, { publicKey: keyPair.publicKey });
    const { grant } = await waiting.message('grant');
    expect(grant).toMatchObject({ stream, licensee, recipient: keyPair.publicKey });
    const seeds = await openGrant(grant, keyPair);
    expect(slotKey(seeds, grant.fromSlot)).toEqual(slotKey([rootSeed(root)], grant.fromSlot));
    const asked = await fetch(`${passing}/v1/streams/${stream}/grants?licensee=${licensee}`);
    expect(await asked.json()).toEqual({ items: [grant] });
    waiting.close();
  });
});
