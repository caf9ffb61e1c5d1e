import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { openMarket } from '#sdk/actions/connect-market';
import { subscribe } from '#sdk/actions/subscribe';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import {
  bearer,
  type BrokerMarket,
  encryptedEvent,
  openSession,
  SocketClient,
  startBrokerMarket
} from '../broker-market.ts';
import { forever, permissions } from '../market-actors.ts';
import { signInAs } from '../sign-in.ts';

const owner = privateKeySigner(localPrivateKey(1));
const root = randomBytes(32);

let market: BrokerMarket;
let broker: Broker;
let session: Session;
let stream: Address;
let size: number;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  broker = market.broker();
  await broker.start();
  session = await openSession(broker.url, localPrivateKey(1));
  stream = addressSchema.parse(await market.actors.createStream(market.actors.account(1), 'Forgetful'));
  const events = await Promise.all(
    Array.from({ length: 50 }, (_, sequence) => encryptedEvent(stream, owner, root, { sequence }))
  );
  size = encodeEvent(events[0] ?? (await encryptedEvent(stream, owner, root))).length;
  const client = await SocketClient.connect(broker.url);
  expect(await client.publish(events)).toEqual(events.map((_, offset) => ({ offset })));
  client.close();
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

const put = (body: unknown, as: Session | null = session) =>
  fetch(`${broker.url}/v1/streams/${stream}/retention`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...(as !== null && bearer(as)) },
    body: JSON.stringify(body)
  });
const read = async (): Promise<unknown> => (await fetch(`${broker.url}/v1/streams/${stream}/retention`)).json();

describe('the retention of a stream', () => {
  it('is set by its owner and whoever holds Edit, and by nobody else', async () => {
    expect(await read()).toBeNull();
    expect((await put({ seconds: 3_600 }, null)).status).toBe(401);
    const other = await openSession(broker.url, localPrivateKey(2));
    const refused = await put({ seconds: 3_600 }, other);
    expect([refused.status, await refused.json()]).toEqual([
      403,
      expect.objectContaining({ type: '/problems/edit-permission-missing' })
    ]);
    expect((await put({ seconds: 5 })).status).toBe(400);
    expect(await read()).toBeNull();

    await market.actors.onStream(market.actors.account(1), stream, 'setPermission', [
      other.account,
      permissions.edit,
      forever
    ]);
    await expect.poll(async () => (await put({ seconds: 3_600 }, other)).status, { timeout: 10_000 }).toBe(200);
    expect(await read()).toEqual({ seconds: 3_600 });
    expect(await (await put(null)).json()).toBeNull();
    expect(await read()).toBeNull();
  });

  it('is told to everybody who asks for what was removed', async () => {
    const history = (query: string) =>
      fetch(`${broker.url}/v1/streams/${stream}/events?${query}`, { headers: bearer(session) });
    expect((await history('fromOffset=0')).headers.get('x-first-offset')).toBe('0');
    expect(await (await put({ bytes: 10 * size + 100 })).json()).toEqual({ bytes: 10 * size + 100 });
    const first = 40;
    await expect
      .poll(async () => (await history('fromOffset=0')).headers.get('x-first-offset'), { timeout: 10_000 })
      .toBe(String(first));
    const lines = (await (await history('fromOffset=0&limit=3')).text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { offset: number }).offset)).toEqual([40, 41, 42]);

    const client = await SocketClient.connect(broker.url);
    await client.signIn(localPrivateKey(1));
    client.send({ type: 'subscribe', id: 7, stream, partition: 0, from: { offset: 5 } });
    await client.message('live');
    expect(await client.message('removed')).toEqual({ type: 'removed', id: 7, from: 5, first });
    await client.until(() => client.events.length === 10);
    expect(client.events[0]?.offset).toBe(first);
    client.close();

    const live = await fetch(`${broker.url}/v1/streams/${stream}/events/live?fromOffset=38`, {
      headers: bearer(session)
    });
    const reader = live.body?.getReader();
    let text = '';
    while (!text.includes('event: live')) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    expect(text).toContain('event: removed\ndata: {"partition":0,"from":38,"first":40}\n');

    const { deployment, chain } = market;
    const { chainId } = deployment;
    const document = { chainId, rpcUrl: chain.url, deployment, marketUrl: broker.url, local: true };
    const open = openMarket({ ...document, brokerUrl: broker.url }, { baseUrl: broker.url, webSocket: WebSocket });
    const removed: object[] = [];
    const subscription = await subscribe({
      market: open,
      stream,
      partition: 0,
      session: signInAs(open, 1, new URL(market.configuration.PUBLIC_URL).host),
      from: { offset: 0 },
      onRemoved: (told) => removed.push(told)
    });
    const offsets: number[] = [];
    for await (const { offset } of subscription) {
      offsets.push(offset);
      if (offsets.length === 10) break;
    }
    expect(offsets).toEqual(Array.from({ length: 10 }, (_, at) => first + at));
    expect(removed).toEqual([{ partition: 0, from: 0, first }]);
  });

  it('leaves nothing to read where nothing is kept, and new events are', async () => {
    await put({ bytes: 1 });
    const client = await SocketClient.connect(broker.url);
    await client.signIn(localPrivateKey(1));
    await expect
      .poll(
        async () =>
          (await fetch(`${broker.url}/v1/streams/${stream}/events`, { headers: bearer(session) })).headers.get(
            'x-first-offset'
          ),
        { timeout: 10_000 }
      )
      .toBe('50');
    client.send({ type: 'subscribe', id: 1, stream, partition: 0, from: { offset: 45 } });
    expect(await client.message('removed')).toEqual({ type: 'removed', id: 1, from: 45, first: 50 });
    expect(await client.message('live')).toMatchObject({ next: 50 });
    const [result] = await client.publish([await encryptedEvent(stream, owner, root, { sequence: 1_000 })]);
    expect(result).toEqual({ offset: 50 });
    await client.until(() => client.events.length === 1);
    client.close();
  });
});
