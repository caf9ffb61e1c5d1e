import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { eventToJson } from '#sdk/protocol/event-json';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import {
  bearer,
  type BrokerMarket,
  encryptedEvent,
  openSession,
  SocketClient,
  startBrokerMarket
} from '../broker-market.ts';
import { everyone, forever, permissions } from '../market-actors.ts';

const ownerKey = localPrivateKey(1);
const owner = privateKeySigner(ownerKey);
const stranger = privateKeySigner(localPrivateKey(2));
const root = randomBytes(32);
const lower = (address: string) => address.toLowerCase() as Address;

let market: BrokerMarket;
let broker: Broker;
let stream: Address;
let publicStream: Address;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  const account = market.actors.account(1);
  stream = lower(await market.actors.createStream(account, 'Private', { partitions: 2 }));
  publicStream = lower(await market.actors.createStream(account, 'Public'));
  await market.actors.onStream(account, publicStream, 'setPermission', [everyone, permissions.read, forever]);
  broker = market.broker({ limits: { rubbish: 3 } });
  await broker.start();
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

const typesOf = (results: readonly object[]) =>
  results.map((result) => ('problem' in result ? (result.problem as { type: string }).type : result));

describe('publishing', () => {
  it('refuses each bad event with its reason and stores the others of the frame', async () => {
    const client = await SocketClient.connect(broker.url);
    const good = await encryptedEvent(stream, owner, root, { sequence: 1 });
    const other = await encryptedEvent(stream, owner, root, { sequence: 2, timestamp: good.timestamp });
    const forged = { ...other, sequence: 3, signature: new Uint8Array(other.signature) };
    const later = await encryptedEvent(stream, owner, root, { timestamp: Date.now() + 120_000 });
    const earlier = await encryptedEvent(stream, owner, root, { timestamp: Date.now() - 2 * 86_400_000 });
    const unknown = await encryptedEvent(`0x${'12'.repeat(20)}`, owner, root);
    const partition = await encryptedEvent(stream, owner, root, {}, { partition: 2 });
    const plain = await encryptedEvent(stream, owner, root, {}, { encryptionType: 'none', era: 0, slot: 0 });
    const slot = await encryptedEvent(stream, owner, root, {}, { slot: 7 });
    const foreign = await encryptedEvent(stream, stranger, root);
    const results = await client.publish([
      good,
      new Uint8Array([1, 2, 3]),
      new Uint8Array(300_000).fill(1),
      forged,
      later,
      earlier,
      unknown,
      partition,
      plain,
      slot,
      foreign,
      other
    ]);
    expect(typesOf(results)).toEqual([
      { offset: 0 },
      '/problems/event-malformed',
      '/problems/event-too-large',
      '/problems/event-signature-invalid',
      '/problems/event-timestamp-invalid',
      '/problems/event-timestamp-invalid',
      '/problems/stream-unknown',
      '/problems/partition-unknown',
      '/problems/event-not-encrypted',
      '/problems/event-slot-invalid',
      '/problems/write-permission-missing',
      { offset: 1 }
    ]);
    client.close();
  });

  it('acknowledges a replayed event with its old offset and refuses another one in its place', async () => {
    const client = await SocketClient.connect(broker.url);
    const event = await encryptedEvent(stream, owner, root, { sequence: 10 });
    const [first] = await client.publish([event]);
    const second = await encryptedEvent(stream, owner, root, {
      sequence: 10,
      timestamp: event.timestamp,
      text: 'else'
    });
    const [again, conflict, conflictInBatch] = await client.publish([event, second, second]);
    expect(first).toHaveProperty('offset');
    expect(again).toEqual(first);
    expect(typesOf([conflict ?? {}, conflictInBatch ?? {}])).toEqual([
      '/problems/event-conflict',
      '/problems/event-conflict'
    ]);
    client.close();
  });

  it('takes plain events on a public stream only', async () => {
    const client = await SocketClient.connect(broker.url);
    const plain = await encryptedEvent(publicStream, owner, root, {}, { encryptionType: 'none', era: 0, slot: 0 });
    expect(await client.publish([plain])).toEqual([{ offset: 0 }]);
    client.close();
  });

  it('follows permissions given and revoked on the chain', async () => {
    const client = await SocketClient.connect(broker.url);
    const account = market.actors.account(1);
    const give = (until: number) =>
      market.actors.onStream(account, stream, 'setPermission', [stranger.origin, permissions.write, until]);
    const publish = async (sequence: number) =>
      typesOf(await client.publish([await encryptedEvent(stream, stranger, root, { sequence })]))[0];
    expect(await publish(20)).toBe('/problems/write-permission-missing');
    await give(forever);
    await expect.poll(() => publish(21), { timeout: 10_000 }).toHaveProperty('offset');
    await give(0);
    let sequence = 100;
    await expect.poll(() => publish(sequence++), { timeout: 10_000 }).toBe('/problems/write-permission-missing');
    client.close();
  });

  it('takes nothing for a deleted stream, and still tells its history to those who bought', async () => {
    const account = market.actors.account(1);
    const doomed = lower(await market.actors.createStream(account, 'Doomed'));
    const buyer = market.actors.account(5);
    await market.actors.fund(buyer, 10n ** 18n);
    await market.actors.buy(buyer, await market.actors.listOffer(account, [doomed]), 3600);
    const client = await SocketClient.connect(broker.url);
    const publish = async (sequence: number) =>
      typesOf(await client.publish([await encryptedEvent(doomed, owner, root, { sequence })]))[0];
    expect(await publish(0)).toEqual({ offset: 0 });
    await market.actors.onStream(account, doomed, 'deleteStream', []);
    let sequence = 1;
    await expect.poll(() => publish(sequence++), { timeout: 10_000 }).toBe('/problems/stream-deleted');
    await client.signIn(localPrivateKey(5));
    client.send({ type: 'subscribe', id: 1, stream: doomed, partition: 0, from: { last: 1000 } });
    await client.message('live');
    expect(client.events).toHaveLength(sequence - 1);
    client.close();
    const gone = await SocketClient.connect(broker.url);
    await gone.signIn(ownerKey);
    gone.send({ type: 'subscribe', id: 1, stream: doomed, partition: 0, from: { last: 1000 } });
    expect((await gone.message('problem')).problem.type).toBe('/problems/read-permission-missing');
    gone.close();
  });

  it('publishes and tells history over HTTP', async () => {
    const event = await encryptedEvent(stream, owner, root, { sequence: 30 });
    const publish = (body: string, type = 'application/json') =>
      fetch(`${broker.url}/v1/events`, { method: 'POST', headers: { 'content-type': type }, body });
    const answer = await publish(JSON.stringify({ events: [eventToJson(event), { version: 1 }] }));
    const { results } = (await answer.json()) as { results: { offset: number }[] };
    expect(typesOf(results)).toEqual([{ offset: expect.any(Number) as number }, '/problems/event-malformed']);
    const offset = results[0]?.offset ?? -1;

    const headers = bearer(await openSession(broker.url, ownerKey));
    const history = await fetch(`${broker.url}/v1/streams/${stream}/events?fromOffset=${String(offset)}`, { headers });
    const lines = (await history.text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([{ offset, event: eventToJson(event) }]);

    for (const [path, status] of [
      [`/v1/streams/${stream}/events?partition=x`, 400],
      [`/v1/streams/${stream}/events?last=1&fromOffset=1`, 400],
      [`/v1/streams/0x${'34'.repeat(20)}/events`, 404],
      ['/v1/nothing', 404]
    ] as const) {
      const refused = await fetch(broker.url + path);
      expect([path, refused.status, refused.headers.get('content-type')]).toEqual([
        path,
        status,
        'application/problem+json'
      ]);
    }
    expect((await publish('{')).status).toBe(400);
    expect((await publish('<a/>', 'text/xml')).status).toBe(415);
    expect((await publish('x'.repeat(5 * 1024 * 1024))).status).toBe(413);

    const activity = await fetch(`${broker.url}/v1/activity?streams=${stream},${publicStream}`);
    const { items } = (await activity.json()) as { items: { events: number; perMinute: number[] }[] };
    expect(items.map((item) => item.events)).toEqual([offset + 1, 1]);
    expect(items[0]?.perMinute.reduce((sum, count) => sum + count, 0)).toBe(offset + 1);
  });
});

describe('subscribing', () => {
  it('hands over from history to live without a gap or a double while events are being stored', async () => {
    const publisher = await SocketClient.connect(broker.url);
    const total = 400;
    const events = await Promise.all(
      Array.from({ length: total }, async (_, sequence) =>
        encodeEvent(await encryptedEvent(stream, owner, root, { sequence: 1000 + sequence }, { partition: 1 }))
      )
    );
    let published = 0;
    const publishing = (async () => {
      while (published < total) {
        await publisher.publish(events.slice(published, published + 7));
        published += 7;
      }
    })();
    const subscribers: SocketClient[] = [];
    for (const from of [undefined, { offset: 0 }, { last: 10 }, { timestamp: 0 }, { offset: 50 }]) {
      const client = await SocketClient.connect(broker.url);
      await client.signIn(ownerKey);
      client.send({ type: 'subscribe', id: 1, stream, partition: 1, ...(from !== undefined && { from }) });
      subscribers.push(client);
    }
    await publishing;
    for (const [index, client] of subscribers.entries()) {
      await client.until(() => client.events.at(-1)?.offset === total - 1, `all events of subscriber ${String(index)}`);
      const first = client.events[0]?.offset ?? -1;
      expect(client.events.map((event) => event.offset)).toEqual(
        Array.from({ length: total - first }, (_, place) => first + place)
      );
      if (index === 1 || index === 3) expect(first).toBe(0);
      client.close();
    }
    publisher.close();
  });

  it('tells what is wrong with a subscription and keeps the others', async () => {
    const client = await SocketClient.connect(broker.url);
    await client.signIn(ownerKey);
    client.send({ type: 'subscribe', id: 1, stream, partition: 0 });
    await client.message('live');
    client.send({ type: 'subscribe', id: 2, stream, partition: 0 });
    client.send({ type: 'subscribe', id: 3, stream, partition: 5 });
    client.send({ type: 'subscribe', id: 4, stream: `0x${'56'.repeat(20)}`, partition: 0 });
    client.send({ type: 'unsubscribe', id: 9 });
    for (const [id, type] of [
      [2, '/problems/subscription-refused'],
      [3, '/problems/partition-unknown'],
      [4, '/problems/stream-unknown'],
      [9, '/problems/subscription-refused']
    ] as const) {
      expect((await client.message('problem', (message) => message.id === id)).problem.type).toBe(type);
    }
    const publisher = await SocketClient.connect(broker.url);
    await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: 50 })]);
    await client.until(() => client.events.length === 1);
    client.close();
    publisher.close();
  });
});

describe('a socket that misbehaves', () => {
  it('is told about rubbish, then closed, and nobody else notices', async () => {
    const bystander = await SocketClient.connect(broker.url);
    await bystander.signIn(ownerKey);
    bystander.send({ type: 'subscribe', id: 1, stream, partition: 0 });
    await bystander.message('live');
    const client = await SocketClient.connect(broker.url);
    client.socket.send('rubbish');
    client.socket.send(new Uint8Array([9, 9, 9]));
    client.socket.send('{"type":"subscribe"}');
    const { code, reason } = await client.untilClosed();
    expect([code, reason]).toEqual([4000, 'too many messages that make no sense']);
    expect(client.messages.filter((message) => message.type === 'problem').map((m) => m.problem.type)).toEqual([
      '/problems/message-invalid',
      '/problems/frame-malformed',
      '/problems/message-invalid'
    ]);
    const oversized = await SocketClient.connect(broker.url);
    oversized.socket.send(new Uint8Array(5 * 1024 * 1024));
    expect((await oversized.untilClosed()).code).toBe(1009);

    const publisher = await SocketClient.connect(broker.url);
    await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: 60 })]);
    await bystander.until(() => bystander.events.length === 1);
    publisher.close();
    bystander.close();
  });
});
