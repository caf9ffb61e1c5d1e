import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { type EventJson, eventFromJson } from '#sdk/protocol/event-json';
import type { Address } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import { privateKeySigner } from '#sdk/protocol/signature';
import {
  bearer,
  type BrokerMarket,
  encryptedEvent,
  openSession,
  SocketClient,
  startBrokerMarket
} from '../broker-market.ts';

const owner = privateKeySigner(localPrivateKey(1));
let session: Session;
const root = randomBytes(32);

let market: BrokerMarket;
let broker: Broker;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  broker = market.broker({ limits: { slowAt: 500_000, cutAt: 4_000_000, heartbeat: 500 } });
  await broker.start();
  session = await openSession(broker.url, localPrivateKey(1));
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

const newStream = async (name: string, partitions = 1) =>
  (await market.actors.createStream(market.actors.account(1), name, { partitions })).toLowerCase() as Address;

interface Delivered {
  readonly partition: number;
  readonly offset: number;
  readonly event: EventJson;
}

/** Reads server-sent events as WHATWG HTML, 9.2.6 says, nothing added. */
class EventSourceClient {
  readonly events: Delivered[] = [];
  readonly kinds: string[] = [];
  comments = 0;
  lastEventId = '';
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private rest = '';

  private constructor(body: ReadableStream<Uint8Array>) {
    this.reader = body.getReader();
  }

  static async connect(path: string, lastEventId = ''): Promise<EventSourceClient> {
    const answer = await fetch(broker.url + path, {
      headers: { ...bearer(session), ...(lastEventId !== '' && { 'last-event-id': lastEventId }) }
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    if (answer.body === null) throw new TypeError('no body');
    return new EventSourceClient(answer.body);
  }

  /** Reads on until the condition holds. @returns whether it does; false where the answer ended. */
  async until(condition: () => boolean): Promise<boolean> {
    const decoder = new TextDecoder();
    while (!condition()) {
      const { done, value } = await this.reader.read();
      if (done) return false;
      this.rest += decoder.decode(value, { stream: true });
      const blocks = this.rest.split('\n\n');
      this.rest = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
    return true;
  }

  async close(): Promise<void> {
    await this.reader.cancel();
  }

  private take(block: string): void {
    if (block.startsWith(':')) this.comments += 1;
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
    this.lastEventId = field('id') ?? this.lastEventId;
    const data = field('data');
    if (data === undefined) return;
    const kind = field('event') ?? 'message';
    this.kinds.push(kind);
    if (kind === 'message') this.events.push(JSON.parse(data) as Delivered);
  }
}

const offsetsOf = (events: readonly Delivered[], partition: number) =>
  events.filter((event) => event.partition === partition).map((event) => event.offset);
const upTo = (count: number) => Array.from({ length: count }, (_, place) => place);

describe('live events over HTTP', () => {
  it('goes on where a connection broke off, without a gap or a double, on several partitions', async () => {
    const stream = await newStream('Partitioned', 3);
    const each = 120;
    const events = await Promise.all(
      Array.from({ length: each * 3 }, (_, sequence) =>
        encryptedEvent(stream, owner, root, { sequence }, { partition: sequence % 3 })
      )
    );
    // After signing so many at once, in which time no ping would be answered.
    const publisher = await SocketClient.connect(broker.url);
    await publisher.publish(events.slice(0, 30));
    const publishing = (async () => {
      for (let from = 30; from < events.length; from += 6) await publisher.publish(events.slice(from, from + 6));
    })();
    const path = `/v1/streams/${stream}/events/live?partition=0,1,2&fromOffset=0`;
    const got: Delivered[] = [];
    let id = '';
    while (got.length < events.length) {
      const client = await EventSourceClient.connect(path, id);
      // Leaves after some more, wherever that is: what was read to here counts, by the id of its last event.
      await client.until(() => client.events.length >= Math.min(40, events.length - got.length));
      got.push(...client.events);
      id = client.lastEventId;
      await client.close();
    }
    await publishing;
    for (const partition of [0, 1, 2]) expect(offsetsOf(got, partition)).toEqual(upTo(each));
    const signed = new Set(events.map((event) => Buffer.from(encodeEvent(event)).toString('hex')));
    for (const { event } of got) {
      expect(signed.delete(Buffer.from(encodeEvent(eventFromJson(event))).toString('hex'))).toBe(true);
    }
    publisher.close();
  });

  it('begins with the next event unless told otherwise, and misses none when it comes back before the first', async () => {
    const stream = await newStream('Next');
    const publisher = await SocketClient.connect(broker.url);
    await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: 0 })]);
    const first = await EventSourceClient.connect(`/v1/streams/${stream}/events/live`);
    await first.until(() => first.kinds.includes('live') && first.comments > 0);
    expect([first.lastEventId, first.events]).toEqual(['0:1', []]);
    await first.close();
    await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: 1 })]);
    const again = await EventSourceClient.connect(`/v1/streams/${stream}/events/live`, first.lastEventId);
    await again.until(() => again.events.length === 1);
    await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: 2 })]);
    await again.until(() => again.events.length === 2);
    expect(offsetsOf(again.events, 0)).toEqual([1, 2]);
    const last = await EventSourceClient.connect(`/v1/streams/${stream}/events/live?last=2`);
    await last.until(() => last.events.length === 2);
    expect(offsetsOf(last.events, 0)).toEqual([1, 2]);
    await again.close();
    await last.close();
    publisher.close();
  });

  it('says what is wrong with a request', async () => {
    const stream = await newStream('Asked wrongly');
    const path = `/v1/streams/${stream}/events/live`;
    for (const [query, id, status] of [
      ['?partition=1', '', 400],
      ['?partition=x', '', 400],
      [`?partition=${upTo(40).join(',')}`, '', 400],
      ['?last=1&fromOffset=1', '', 400],
      ['', 'rubbish', 400],
      ['', `0:${'9'.repeat(30)}`, 400]
    ] as const) {
      const headers = { ...bearer(session), ...(id !== '' && { 'last-event-id': id }) };
      const answer = await fetch(`${broker.url}${path}${query}`, { headers });
      expect([query, id, answer.status, answer.headers.get('content-type')]).toEqual([
        query,
        id,
        status,
        'application/problem+json'
      ]);
    }
    const unknown = await fetch(`${broker.url}/v1/streams/0x${'34'.repeat(20)}/events/live`);
    expect(unknown.status).toBe(404);
  });
});

/** Events in what a client took, chunk lengths of HTTP (RFC 9112, 7.1) and all. */
const eventsOf = (taken: string) =>
  [...taken.matchAll(/"partition":(\d+),"offset":(\d+),/g)].map(
    ([, partition, offset]) => ({ partition: Number(partition), offset: Number(offset) }) as Delivered
  );

/** A client that reads only when it is told to. */
async function openSleeper(path: string): Promise<Socket> {
  const { hostname, port } = new URL(broker.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const { authorization } = bearer(session);
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: ${authorization}\r\n\r\n`);
  await once(socket, 'readable');
  return socket;
}

describe('a client that does not read', () => {
  it('is told, then cut, while another one gets everything', async () => {
    const stream = await newStream('Much');
    const path = `/v1/streams/${stream}/events/live`;
    const publisher = await SocketClient.connect(broker.url);
    const reader = await EventSourceClient.connect(path);
    const sleeper = await openSleeper(path);
    const text = 'x'.repeat(200_000);
    const metrics = async () => (await fetch(`${broker.url}/metrics`)).text();
    let sequence = 0;
    while (!(await metrics()).includes('tributary_sockets_cut_total{reason="slow"} 1')) {
      await publisher.publish([await encryptedEvent(stream, owner, root, { sequence: sequence++, text })]);
      await reader.until(() => reader.events.length === sequence);
    }
    expect(offsetsOf(reader.events, 0)).toEqual(upTo(sequence));
    let taken = '';
    sleeper.on('data', (data: Buffer) => (taken += data.toString('latin1')));
    sleeper.on('error', () => undefined);
    if (!sleeper.closed) await once(sleeper, 'close');
    expect(taken).toContain('event: slow');
    expect(taken).toContain('/problems/reader-too-slow');
    // It may come back with the last id: everything before it is there.
    expect(offsetsOf(eventsOf(taken), 0)).toEqual(upTo(eventsOf(taken).length));
    await reader.close();
    publisher.close();
  });

  it('leaves nothing behind when the broker stops', async () => {
    const stream = await newStream('Stopped');
    const passing = market.broker();
    await passing.start();
    // A token that another broker on the same database gave.
    const answer = await fetch(`${passing.url}/v1/streams/${stream}/events/live`, { headers: bearer(session) });
    await passing.stop();
    expect(await answer.text()).toContain('event: subscribed');
  });
});
