import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { encodeEvent } from '#sdk/protocol/event-encoding';
import { eventToJson } from '#sdk/protocol/event-json';
import { encodePublishFrame } from '#sdk/protocol/frame';
import type { Address } from '#sdk/protocol/primitives';
import type { Problem } from '#sdk/protocol/problem';
import { privateKeySigner } from '#sdk/protocol/signature';
import { type BrokerMarket, encryptedEvent, startBrokerMarket } from '../broker-market.ts';
import { forever, permissions } from '../market-actors.ts';

const owner = privateKeySigner(localPrivateKey(1));
const writer = privateKeySigner(localPrivateKey(2));
const root = randomBytes(32);

/** Passes questions on to the chain and counts those that contain an address. */
interface CountingChain {
  readonly url: string;
  readonly asked: (text: string) => number;
  readonly server: Server;
}

async function countQuestions(chainUrl: string): Promise<CountingChain> {
  const questions: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const part of request) body += String(part);
      const parsed = JSON.parse(body) as unknown;
      for (const one of Array.isArray(parsed) ? parsed : [parsed]) questions.push(JSON.stringify(one).toLowerCase());
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(chainUrl, { method: 'POST', headers, body });
      response.writeHead(answer.status, headers).end(await answer.text());
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    asked: (text) => questions.filter((question) => question.includes(text)).length,
    server
  };
}

let market: BrokerMarket;
let chain: CountingChain;
let broker: Broker;
let stream: Address;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  chain = await countQuestions(market.chain.url);
  const account = market.actors.account(1);
  stream = (await market.actors.createStream(account, 'Limited')).toLowerCase() as Address;
  await market.actors.onStream(account, stream, 'setPermission', [writer.origin, permissions.write, forever]);
  broker = market.broker({
    configuration: { ...market.configuration, CHAIN_URL: chain.url },
    limits: { eventRate: { burst: 3, perSecond: 0.001 }, requestRate: { burst: 8, perSecond: 0.001 } }
  });
  await broker.start();
});

afterAll(async () => {
  await broker.stop();
  chain.server.closeAllConnections();
  await new Promise((resolve) => chain.server.close(resolve));
  await market.stop();
});

interface Answer {
  readonly results: readonly ({ readonly offset: number } | { readonly problem: Problem })[];
}

/** From an address of its own, as a proxy on this machine reports it. */
async function publish(body: Uint8Array<ArrayBuffer> | string, address: string): Promise<Response> {
  const type = typeof body === 'string' ? 'application/json' : 'application/octet-stream';
  const headers = { 'content-type': type, 'x-forwarded-for': address };
  return fetch(`${broker.url}/v1/events`, { method: 'POST', headers, body });
}
const kindsOf = async (answer: Response) =>
  ((await answer.json()) as Answer).results.map((result) => ('problem' in result ? result.problem.type : 'stored'));

it('refuses of a frame and of a batch only what is wrong, and counts what each publisher signed itself', async () => {
  const signed = (sequence: number, signer = owner) => encryptedEvent(stream, signer, root, { sequence });
  const forged = { ...(await signed(1, writer)), origin: owner.origin };
  const frame = [await signed(2), forged, await signed(3)].map(encodeEvent);
  const malformed = [new Uint8Array(0), new Uint8Array([1, 2, 3]), new Uint8Array(frame[0] ?? []).fill(255, 0, 1)];
  const inFrame = await publish(encodePublishFrame(7, [...malformed, ...frame]), '192.0.2.1');
  expect(inFrame.status).toBe(200);
  expect(await kindsOf(inFrame)).toEqual([
    '/problems/event-malformed',
    '/problems/event-malformed',
    '/problems/event-malformed',
    'stored',
    '/problems/event-signature-invalid',
    'stored'
  ]);

  const good = await Promise.all([signed(5), signed(6), signed(7, writer)]);
  const events = [null, 7, { ...eventToJson(await signed(4)), content: '!' }, ...good.map(eventToJson)];
  const inBatch = await publish(JSON.stringify({ events }), '192.0.2.1');
  expect(await kindsOf(inBatch)).toEqual([
    '/problems/event-malformed',
    '/problems/event-malformed',
    '/problems/event-malformed',
    'stored',
    '/problems/rate-limited',
    'stored'
  ]);

  // Nothing but the rate stands against it, from whatever address it comes.
  const refused = await publish(JSON.stringify({ events: [eventToJson(await signed(8))] }), '192.0.2.2');
  expect(refused.status).toBe(429);
  const problem = (await refused.json()) as Problem;
  expect(problem).toMatchObject({ type: '/problems/rate-limited', status: 429 });
  expect(refused.headers.get('retry-after')).toBe(String(problem.retryAfter));
});

it('tells an address what it has left, then when to come back; others do not feel it', async () => {
  const left: (string | null)[] = [];
  let answer = await publish('{}', '192.0.2.3');
  for (; answer.status !== 429; answer = await publish('{}', '192.0.2.3')) {
    expect(answer.status).toBe(400);
    left.push(/"address";r=(\d+)/.exec(answer.headers.get('ratelimit') ?? '')?.[1] ?? null);
  }
  expect(left).toEqual(['7', '6', '5', '4', '3', '2', '1', '0']);
  expect(answer.headers.get('ratelimit-policy')).toBe('"address";q=8;w=8000, "publisher";q=3;w=3000');
  expect(answer.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await answer.json()) as Problem;
  expect(problem.retryAfter).toBeGreaterThan(0);
  expect(answer.headers.get('retry-after')).toBe(String(problem.retryAfter));
  expect((await publish('{}', '192.0.2.4')).status).toBe(400);
});

it('asks the chain about a stream that does not exist once a block, and finds it in the block that makes it', async () => {
  const unknown = `0x${'9a'.repeat(20)}`;
  const ask = async () => (await fetch(`${broker.url}/v1/streams/${unknown}/events`)).status;
  const before = chain.asked(unknown);
  const statuses = await Promise.all(Array.from({ length: 30 }, ask));
  statuses.push(await ask(), await ask());
  expect(new Set(statuses)).toEqual(new Set([404]));
  expect(chain.asked(unknown) - before).toBe(1);
  await market.actors.createStream(market.actors.account(1), 'Another block');
  await expect
    .poll(async () => {
      await ask();
      return chain.asked(unknown) - before;
    })
    .toBe(2);
});

it('shows its metrics to this machine only', async () => {
  const metrics = await (await fetch(`${broker.url}/metrics`)).text();
  expect(metrics).toContain('tributary_events_refused_total{reason="/problems/rate-limited"} 2');
  const elsewhere = await fetch(`${broker.url}/metrics`, { headers: { 'x-forwarded-for': '192.0.2.9' } });
  expect([elsewhere.status, elsewhere.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
});
