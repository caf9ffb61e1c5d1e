import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { eventFromJson, eventToJson } from '#sdk/protocol/event-json';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Problem } from '#sdk/protocol/problem';
import { type Session, sessionChallengeSchema, sessionSchema } from '#sdk/protocol/session';
import { privateKeySigner } from '#sdk/protocol/signature';
import {
  bearer,
  type BrokerMarket,
  encryptedEvent,
  openSession,
  SocketClient,
  startBrokerMarket
} from '../broker-market.ts';
import { createDatabase } from '../database.ts';
import { everyone, forever, type ListedOffer, permissions } from '../market-actors.ts';

/** Accounts of the local chain by what they do here. */
const seller = 1;
const reader = 2;
const writer = 3;
const payer = 4;
const buyer = 5;
const stranger = 6;
const root = randomBytes(32);
const signer = privateKeySigner(localPrivateKey(seller));
const lower = (address: string) => address.toLowerCase() as Address;
const addressOf = (index: number) => lower(market.actors.account(index).address);

let market: BrokerMarket;
let broker: Broker;
let now = Date.now;
const open: SocketClient[] = [];

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  broker = market.broker({ clock: () => now(), limits: { socketsPerAddress: 40 } });
  await broker.start();
  for (const index of [payer, buyer]) await market.actors.fund(market.actors.account(index), 10n ** 24n);
});

afterAll(async () => {
  for (const client of open) client.close();
  await broker.stop();
  await market.stop();
});

let productNumber = 1n;
async function sell(name: string, partitions = 1): Promise<{ stream: Address; listed: ListedOffer }> {
  const account = market.actors.account(seller);
  const stream = lower(await market.actors.createStream(account, name, { partitions }));
  productNumber += 1n;
  const terms = { productNumber, settlement: 'by-second', boundary: 60 } as const;
  return { stream, listed: await market.actors.listOffer(account, [stream], terms) };
}

const give = (stream: Address, account: Address, permission: keyof typeof permissions, until = forever) =>
  market.actors.onStream(market.actors.account(seller), stream, 'setPermission', [
    account,
    permissions[permission],
    until
  ]);

let sequence = 0;
async function publish(stream: Address): Promise<number> {
  const answer = await fetch(`${broker.url}/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: [await eventJson(stream)] })
  });
  const { results } = (await answer.json()) as { results: { offset: number }[] };
  return results[0]?.offset ?? -1;
}
async function eventJson(stream: Address): Promise<unknown> {
  return eventToJson(await encryptedEvent(stream, signer, root, { sequence: sequence++, timestamp: now() }));
}

/** Signs in, and subscribes from the beginning unless told otherwise. */
async function subscriber(index: number | null, stream: Address, live = false): Promise<SocketClient> {
  const client = await SocketClient.connect(broker.url);
  open.push(client);
  if (index !== null) await client.signIn(localPrivateKey(index));
  ask(client, stream, 1, live);
  return client;
}
const ask = (client: SocketClient, stream: Address, id = 1, live = false) => {
  client.send({ type: 'subscribe', id, stream, partition: 0, ...(!live && { from: { offset: 0 } }) });
};
const problemOf = async (client: SocketClient): Promise<string> => (await client.message('problem')).problem.type;

async function history(stream: Address, session: Session | null): Promise<{ status: number; offsets: number[] }> {
  const headers = session === null ? {} : bearer(session);
  const answer = await fetch(`${broker.url}/v1/streams/${stream}/events?fromOffset=0`, { headers });
  if (!answer.ok) return { status: answer.status, offsets: [] };
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  const stored = lines.map((line) => JSON.parse(line) as { offset: number; event: unknown });
  for (const { event } of stored) expect(eventFromJson(event).encryptionType).toBe('aes-256-gcm');
  return { status: answer.status, offsets: stored.map(({ offset }) => offset) };
}

describe('ciphertext', () => {
  it('is given to nobody who is not known, by no way, and the reason is told', async () => {
    const { stream } = await sell('Closed');
    await publish(stream);
    expect(await problemOf(await subscriber(null, stream))).toBe('/problems/reader-unknown');
    for (const path of ['events', 'events/live']) {
      const answer = await fetch(`${broker.url}/v1/streams/${stream}/${path}`);
      expect([answer.status, ((await answer.json()) as Problem).type]).toEqual([401, '/problems/reader-unknown']);
    }
  });

  it('is given to owner, readers, writers and licensees, and to no other account', async () => {
    const { stream, listed } = await sell('Shared');
    const offset = await publish(stream);
    await give(stream, addressOf(reader), 'read');
    await give(stream, addressOf(writer), 'write');
    // Paid for by somebody else, who may not read for that.
    await market.actors.buy(market.actors.account(payer), listed, 600, { licensee: addressOf(buyer) });
    for (const index of [seller, reader, writer, buyer]) {
      const client = await subscriber(index, stream);
      await client.message('live');
      expect(client.events.map((event) => event.offset)).toEqual([offset]);
      const session = await openSession(broker.url, localPrivateKey(index));
      expect(await history(stream, session)).toEqual({ status: 200, offsets: [offset] });
      const answer = await fetch(`${broker.url}/v1/streams/${stream}/events/live`, { headers: bearer(session) });
      expect(answer.status).toBe(200);
      await answer.body?.cancel();
    }
    for (const index of [payer, stranger]) {
      const client = await subscriber(index, stream);
      const { problem } = await client.message('problem');
      expect(problem).toMatchObject({ type: '/problems/read-permission-missing', status: 403, retryAfter: 1 });
      const session = await openSession(broker.url, localPrivateKey(index));
      expect((await history(stream, session)).status).toBe(403);
      const answer = await fetch(`${broker.url}/v1/streams/${stream}/events/live`, { headers: bearer(session) });
      expect([answer.status, ((await answer.json()) as Problem).type]).toEqual([
        403,
        '/problems/read-permission-missing'
      ]);
      expect(client.events).toEqual([]);
    }
  });

  it('is given to a licensee that is a contract account, which signs by ERC-1271', async () => {
    const { stream, listed } = await sell('For a contract');
    const offset = await publish(stream);
    // Answers every call with the magic value 0x1626ba7e, left-aligned: an account that approves of everything.
    const creation = '0x6010600c60003960106000f3631626ba7e60e01b60005260206000f3';
    const licensee = lower(await market.actors.deploy(market.actors.account(0), creation));
    await market.actors.buy(market.actors.account(payer), listed, 600, { licensee });
    expect(await history(stream, await signInFor(licensee))).toEqual({ status: 200, offsets: [offset] });
  });
});

/** Signs in over HTTP in the name of an account, by the key of somebody. */
async function signInFor(address: Hex, expirationTime?: Date): Promise<Session> {
  const challenge = sessionChallengeSchema.parse(await (await fetch(`${broker.url}/v1/session`)).json());
  const message = createSiweMessage({
    ...challenge,
    address,
    uri: broker.url,
    version: '1',
    ...(expirationTime !== undefined && { expirationTime })
  });
  const signature = await privateKeyToAccount(localPrivateKey(stranger)).signMessage({ message });
  const answer = await fetch(`${broker.url}/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature })
  });
  return sessionSchema.parse(await answer.json());
}

/** Whether the right is lost by what the chain says in one block: no other block is made until it is felt. */
async function losesBy(stream: Address, index: number | null, act: () => Promise<unknown>): Promise<void> {
  const client = await subscriber(index, stream, true);
  await client.message('live');
  const before = await publish(stream);
  await client.until(() => client.events.some((event) => event.offset === before), 'an event before it');
  await act();
  const block = await market.actors.reader.getBlockNumber();
  const { id, problem } = await client.message('problem');
  expect([id, problem.type, problem.status]).toEqual([1, '/problems/read-permission-ended', 403]);
  expect(await market.actors.reader.getBlockNumber()).toBe(block);
  const after = await publish(stream);
  // Whoever may read has it already.
  const owner = await subscriber(seller, stream);
  await owner.until(() => owner.events.some((event) => event.offset === after), 'the event after it');
  client.send({ type: 'unsubscribe', id: 9 });
  await client.message('problem', (message) => message.id === 9);
  expect(client.events.map((event) => event.offset)).not.toContain(after);
  owner.close();
}

describe('within a block', () => {
  it('a permission that is taken away is felt by live subscribers', async () => {
    const { stream } = await sell('Permission');
    await give(stream, addressOf(reader), 'read');
    await losesBy(stream, reader, () => give(stream, addressOf(reader), 'read', 0));
  });

  it('a licence that its seller revokes', async () => {
    const { stream, listed } = await sell('Revoked');
    await market.actors.buy(market.actors.account(buyer), listed, 600);
    await losesBy(stream, buyer, () =>
      market.actors.onLicense(market.actors.account(seller), 'revoke', listed, addressOf(buyer), `0x${'77'.repeat(32)}`)
    );
  });

  it('a licence that its holder cancels', async () => {
    const { stream, listed } = await sell('Cancelled');
    await market.actors.buy(market.actors.account(buyer), listed, 600);
    await losesBy(stream, buyer, () => market.actors.onLicense(market.actors.account(buyer), 'cancel', listed));
  });

  it('a stream that stops being public', async () => {
    const { stream } = await sell('No longer public');
    await give(stream, everyone, 'read');
    await losesBy(stream, null, () => give(stream, everyone, 'read', 0));
  });

  it('a stream that is handed to another owner', async () => {
    const { stream } = await sell('Handed over');
    const from = market.actors.account(seller);
    const to = market.actors.account(stranger);
    const client = await subscriber(stranger, stream, true);
    expect(await problemOf(client)).toBe('/problems/read-permission-missing');
    await market.actors.onStream(from, stream, 'transferOwnership', [to.address]);
    await market.actors.onStream(to, stream, 'acceptOwnership', []);
    await gets(client, stream);
  });

  it('a permission or a licence that is new opens the stream', async () => {
    const { stream, listed } = await sell('Opened');
    for (const [index, act] of [
      [reader, () => give(stream, addressOf(reader), 'read')],
      [buyer, () => market.actors.buy(market.actors.account(buyer), listed, 600)]
    ] as const) {
      const client = await subscriber(index, stream);
      expect(await problemOf(client)).toBe('/problems/read-permission-missing');
      await act();
      await gets(client, stream);
    }
  });
});

/** Asks again, without another block, until the subscription is live. */
async function gets(client: SocketClient, stream: Address): Promise<void> {
  const block = await market.actors.reader.getBlockNumber();
  let id = 1;
  await expect
    .poll(
      () => {
        ask(client, stream, ++id);
        return client.messages.some((message) => message.type === 'live');
      },
      { interval: 100, timeout: 10_000 }
    )
    .toBe(true);
  expect(await market.actors.reader.getBlockNumber()).toBe(block);
}

describe('a licence that ends by time', () => {
  it('is felt at the first block after its end; what was published before it stays readable', async () => {
    const { stream, listed } = await sell('Ends');
    await market.actors.buy(market.actors.account(buyer), listed, 60);
    const client = await subscriber(buyer, stream, true);
    await client.message('live');
    const paidFor = [await publish(stream), await publish(stream)];
    await client.until(() => client.events.length === 2, 'both events');
    const later = 3_600_000;
    const real = Date.now;
    now = () => real() + later;
    await market.actors.chain.increaseTime({ seconds: later / 1_000 });
    await market.actors.chain.mine({ blocks: 1 });
    expect(await problemOf(client)).toBe('/problems/read-permission-ended');
    const unpaid = await publish(stream);
    expect(unpaid).toBe(2);
    const again = await subscriber(buyer, stream);
    expect(await problemOf(again)).toBe('/problems/read-permission-ended');
    expect(again.events.map((event) => event.offset)).toEqual(paidFor);
    const session = await openSession(broker.url, localPrivateKey(buyer));
    expect(await history(stream, session)).toEqual({ status: 200, offsets: paidFor });
    const live = await fetch(`${broker.url}/v1/streams/${stream}/events/live`, { headers: bearer(session) });
    expect([live.status, ((await live.json()) as Problem).type]).toEqual([403, '/problems/read-permission-ended']);
  });
});

describe('a session', () => {
  it('goes on with another connection by its token', async () => {
    const { stream } = await sell('Resumed');
    const session = await openSession(broker.url, localPrivateKey(seller));
    const client = await SocketClient.connect(broker.url);
    open.push(client);
    client.send({ type: 'resume', id: 7, token: session.token });
    ask(client, stream);
    expect(await client.message('authenticated')).toEqual({ type: 'authenticated', id: 7, ...session });
    await client.message('live');
  });

  it('is taken by brokers on other databases that share a key', async () => {
    const { stream } = await sell('Shared by a key');
    await publish(stream);
    const folder = mkdtempSync(join(tmpdir(), 'tributary-session-key-'));
    const file = join(folder, 'key');
    writeFileSync(file, 'k'.repeat(43), { mode: 0o600 });
    const databases = [await createDatabase(inject('databaseUrl')), await createDatabase(inject('databaseUrl'))];
    const brokers = databases.map(({ url }, number) =>
      market.broker({
        configuration: {
          ...market.configuration,
          DATABASE_URL: url,
          DATA_DIRECTORY: join(folder, String(number)),
          SESSION_KEY_FILE: file
        }
      })
    );
    try {
      for (const one of brokers) await one.start();
      const [first, second] = brokers.map(({ url }) => url);
      const session = await openSession(first ?? '', localPrivateKey(seller));
      const statusOf = async (url: string) =>
        (await fetch(`${url}/v1/streams/${stream}/events`, { headers: bearer(session) })).status;
      expect(await statusOf(second ?? '')).toBe(200);
      // One that has another key.
      expect(await statusOf(broker.url)).toBe(401);
    } finally {
      for (const one of brokers) await one.stop();
      for (const database of databases) await database.drop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('ends at the time that was signed, also for who is subscribed', async () => {
    const { stream } = await sell('Short session');
    const creation = '0x6010600c60003960106000f3631626ba7e60e01b60005260206000f3';
    const account = lower(await market.actors.deploy(market.actors.account(0), creation));
    await give(stream, account, 'read');
    const end = now() + 3_000;
    const session = await signInFor(account, new Date(end));
    expect(session.until).toBe(end);
    const client = await SocketClient.connect(broker.url);
    open.push(client);
    client.send({ type: 'resume', id: 7, token: session.token });
    ask(client, stream);
    await client.message('live');
    const { id, problem } = await client.message('problem');
    expect([id, problem.type, problem.status]).toEqual([1, '/problems/session-invalid', 401]);
    const headers = bearer(session);
    expect((await fetch(`${broker.url}/v1/streams/${stream}/events`, { headers })).status).toBe(401);
  });

  it.each([
    ['rubbish', () => 'abc'],
    ['a token that was changed', (token: string) => `${token.startsWith('A') ? 'B' : 'A'}${token.slice(1)}`],
    ['one that was cut', (token: string) => token.slice(0, -2)]
  ])('is not opened by %s', async (_, change) => {
    const session = await openSession(broker.url, localPrivateKey(seller));
    const token = change(session.token);
    const { stream } = await sell('Guarded');
    const answer = await fetch(`${broker.url}/v1/streams/${stream}/events`, { headers: bearer({ ...session, token }) });
    expect([answer.status, ((await answer.json()) as Problem).type]).toEqual([401, '/problems/session-invalid']);
  });

  it('is opened once by a signature, over a nonce of this market', async () => {
    const post = (body: object) =>
      fetch(`${broker.url}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body)
      });
    const account = privateKeyToAccount(localPrivateKey(buyer));
    const challenge = sessionChallengeSchema.parse(await (await fetch(`${broker.url}/v1/session`)).json());
    const sign = async (changes: object) => {
      const fields = { ...challenge, address: account.address, uri: broker.url, version: '1' as const };
      const message = createSiweMessage({ ...fields, ...changes });
      return { message, signature: await account.signMessage({ message }) };
    };
    expect((await post(await sign({ nonce: 'a'.repeat(108) }))).status).toBe(401);
    expect((await post(await sign({ domain: 'elsewhere.test' }))).status).toBe(401);
    const good = await sign({});
    expect((await post(good)).status).toBe(200);
    const again = await post(good);
    expect([again.status, ((await again.json()) as Problem).detail]).toEqual([
      401,
      'The nonce was used before. Ask for another one.'
    ]);
    expect((await post({ message: 'x'.repeat(40_000), signature: '0x' })).status).toBe(413);
    const before = now;
    const late = await sign({
      nonce: sessionChallengeSchema.parse(await (await fetch(`${broker.url}/v1/session`)).json()).nonce
    });
    now = () => before() + 301_000;
    try {
      expect((await post(late)).status).toBe(401);
    } finally {
      now = before;
    }
  });
});

it('counts WebSockets and live events of one address together', async () => {
  for (const client of open.splice(0)) client.close();
  const { stream } = await sell('Counted');
  const own = market.broker({ limits: { socketsPerAddress: 4 } });
  await own.start();
  try {
    const session = await openSession(own.url, localPrivateKey(seller));
    const live = () => fetch(`${own.url}/v1/streams/${stream}/events/live`, { headers: bearer(session) });
    const sockets = [await SocketClient.connect(own.url), await SocketClient.connect(own.url)];
    const answers = [await live(), await live()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await live()).status).toBe(429);
    await expect(SocketClient.connect(own.url)).rejects.toThrow();
    sockets[0]?.close();
    await expect
      .poll(async () => {
        const answer = await live();
        await answer.body?.cancel();
        return answer.status;
      })
      .toBe(200);
    for (const answer of answers) await answer.body?.cancel();
    sockets[1]?.close();
  } finally {
    await own.stop();
  }
});
