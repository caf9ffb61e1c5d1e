import { randomBytes } from 'node:crypto';
import { parseGwei } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { streamAbi } from '#contracts/generated/stream';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { addressSchema, type Address, type Hex } from '#sdk/protocol/primitives';
import type { Problem } from '#sdk/protocol/problem';
import type { Session } from '#sdk/protocol/session';
import { privateKeySigner } from '#sdk/protocol/signature';
import {
  type PreparedTransaction,
  preparedTransactionsSchema,
  streamDescriptionSchema,
  streamListSchema,
  type TransactionOutcome,
  transactionOutcomeSchema
} from '#sdk/protocol/stream';
import {
  bearer,
  type BrokerMarket,
  encryptedEvent,
  openSession,
  SocketClient,
  startBrokerMarket
} from '../broker-market.ts';
import { everyone, forever, permissions } from '../market-actors.ts';

const ownerKey = localPrivateKey(3);
const owner = addressSchema.parse(privateKeyToAccount(ownerKey).address);
const writer = addressSchema.parse(privateKeyToAccount(localPrivateKey(4)).address);

let market: BrokerMarket;
let broker: Broker;
let session: Session;

beforeAll(async () => {
  market = await startBrokerMarket(inject('databaseUrl'));
  broker = market.broker();
  await broker.start();
  session = await openSession(broker.url, ownerKey);
});

afterAll(async () => {
  await broker.stop();
  await market.stop();
});

const request = (method: string, path: string, body?: object, as: Session | null = session) =>
  fetch(broker.url + path, {
    method,
    headers: { ...(as !== null && bearer(as)), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) })
  });

async function prepared(method: string, path: string, body?: object): Promise<PreparedTransaction[]> {
  const answer = await request(method, path, body);
  expect(answer.status).toBe(200);
  return preparedTransactionsSchema.parse(await answer.json()).transactions;
}

/** Signs as a wallet does that knows nothing but what was prepared. */
async function sign({ to, data, gas, chainId }: PreparedTransaction, privateKey = ownerKey, number?: number) {
  const account = privateKeyToAccount(privateKey);
  return account.signTransaction({
    chainId,
    to,
    data,
    nonce: number ?? (await market.actors.reader.getTransactionCount({ address: account.address })),
    type: 'eip1559',
    gas: (BigInt(gas ?? 200_000) * 12n) / 10n,
    maxFeePerGas: parseGwei('10'),
    maxPriorityFeePerGas: 1n
  });
}

async function send(transaction: Hex): Promise<TransactionOutcome> {
  const answer = await request('POST', '/v1/transactions', { transaction }, null);
  expect(answer.status).toBe(200);
  return transactionOutcomeSchema.parse(await answer.json());
}

async function create(name: string, partitions = 1): Promise<Address> {
  const [transaction] = await prepared('POST', '/v1/streams', { name, description: `${name}, described`, partitions });
  const outcome = await send(await sign(transaction!));
  expect(outcome.status).toBe('success');
  return outcome.stream!.stream;
}

const describeStream = async (stream: Address, as: Session | null = session) =>
  streamDescriptionSchema.parse(await (await request('GET', `/v1/streams/${stream}`, undefined, as)).json());
const typeOf = async (answer: Response) => ((await answer.json()) as Problem).type;

describe('a stream over HTTP', () => {
  it('is created, described, configured and deleted by whoever signs', async () => {
    const stream = await create('Ferries', 3);
    const made = {
      stream,
      owner,
      name: 'Ferries',
      description: 'Ferries, described',
      slotDuration: 60,
      partitions: 3,
      deleted: false,
      publicRead: false
    };
    expect(await describeStream(stream)).toEqual({
      ...made,
      events: 0,
      lastEventAt: null,
      spans: [],
      retention: null,
      asker: {
        account: owner,
        permissions: { read: forever, write: forever, edit: forever, grant: forever, delete: forever },
        readableUntil: forever
      }
    });

    const publisher = await SocketClient.connect(broker.url);
    const signer = privateKeySigner(ownerKey);
    const root = randomBytes(32);
    for (const partition of [0, 2, 2]) {
      await publisher.publish([await encryptedEvent(stream, signer, root, { sequence: partition + 1 }, { partition })]);
    }
    publisher.close();
    const lively = await describeStream(stream, null);
    expect(lively).toMatchObject({
      events: 3,
      asker: null,
      spans: [
        { partition: 0, first: 0, next: 1 },
        { partition: 2, first: 0, next: 2 }
      ]
    });
    expect(Math.abs((lively.lastEventAt ?? 0) - Date.now())).toBeLessThan(60_000);

    const until = Math.floor(Date.now() / 1000) + 86_400;
    const changes = await prepared('PATCH', `/v1/streams/${stream}`, {
      name: 'Ferries of the bay',
      permissions: [
        { account: writer, permission: 'write', until },
        { account: 'everyone', permission: 'read', until: forever }
      ]
    });
    expect(changes.map(({ to, chainId }) => [to, chainId])).toEqual(Array(3).fill([stream, 31_337]));
    for (const change of changes) expect((await send(await sign(change))).status).toBe('success');
    await expect
      .poll(() => describeStream(stream), { timeout: 10_000 })
      .toMatchObject({
        name: 'Ferries of the bay',
        description: 'Ferries, described',
        publicRead: true
      });
    const asWriter = await openSession(broker.url, localPrivateKey(4));
    expect((await describeStream(stream, asWriter)).asker).toEqual({
      account: writer,
      permissions: { read: 0, write: until, edit: 0, grant: 0, delete: 0 },
      readableUntil: forever
    });

    const [deletion] = await prepared('DELETE', `/v1/streams/${stream}`);
    const outcome = await send(await sign(deletion!));
    expect(outcome).toMatchObject({ status: 'success', stream: { stream, name: 'Ferries of the bay' } });
    await expect
      .poll(() => describeStream(stream), { timeout: 10_000 })
      .toMatchObject({
        deleted: true,
        owner: everyone,
        publicRead: false
      });
    expect(await typeOf(await request('PATCH', `/v1/streams/${stream}`, { name: 'Again' }))).toBe(
      '/problems/stream-deleted'
    );
  });

  it('says beforehand what the chain would refuse, and what is no request', async () => {
    const stream = await create('Not yours');
    const stranger = await openSession(broker.url, localPrivateKey(5));
    const refused = await request('DELETE', `/v1/streams/${stream}`, undefined, stranger);
    expect([refused.status, await typeOf(refused)]).toEqual([409, '/problems/contract-refused']);
    // Nobody is known: prepared all the same, without an estimate.
    const unknown = await request('DELETE', `/v1/streams/${stream}`, undefined, null);
    expect(preparedTransactionsSchema.parse(await unknown.json()).transactions[0]?.gas).toBeNull();
    for (const [method, path, body, status] of [
      ['POST', '/v1/streams', { name: '' }, 400],
      ['POST', '/v1/streams', { name: 'ü'.repeat(65) }, 400],
      ['POST', '/v1/streams', { name: 'x', partitions: 1_025 }, 400],
      ['PATCH', `/v1/streams/${stream}`, {}, 400],
      ['PATCH', `/v1/streams/0x${'12'.repeat(20)}`, { name: 'x' }, 404],
      ['GET', `/v1/streams/0x${'12'.repeat(20)}`, undefined, 404],
      ['GET', '/v1/streams?cursor=x', undefined, 400],
      ['GET', '/v1/streams?limit=1000', undefined, 400]
    ] as const) {
      const answer = await request(method, path, body);
      expect([method, path, answer.status]).toEqual([method, path, status]);
    }
  });
});

describe('transactions', () => {
  it('are passed on once, and only to the registry and its streams', async () => {
    const [transaction] = await prepared('POST', '/v1/streams', { name: 'Sent twice' });
    const signed = await sign(transaction!);
    const [first, second] = await Promise.all([send(signed), send(signed)]);
    expect(second).toEqual(first);
    expect(await send(signed)).toEqual(first);

    const elsewhere = await sign({ ...transaction!, to: writer, gas: '100000' });
    const coin = await sign({ ...transaction!, to: addressSchema.parse(market.deployment.contracts.DATAcoin) });
    const otherChain = await sign({ ...transaction!, chainId: 1 });
    for (const refused of [elsewhere, coin, otherChain, '0x', '0x02abcd']) {
      const answer = await request('POST', '/v1/transactions', { transaction: refused });
      expect([answer.status, await typeOf(answer)]).toEqual([400, '/problems/transaction-refused']);
    }
    // Its number was used by the first.
    const again = await sign({ ...transaction!, gas: '900000' });
    expect((await send(again)).status).toBe('success');
    const stale = await request('POST', '/v1/transactions', { transaction: await sign(transaction!, ownerKey, 0) });
    expect([stale.status, await typeOf(stale)]).toEqual([400, '/problems/transaction-refused']);
  });

  it('that the chain reverts are told as such', async () => {
    const stream = await create('Reverting');
    const [deletion] = await prepared('DELETE', `/v1/streams/${stream}`);
    const outcome = await send(await sign({ ...deletion!, gas: '200000' }, localPrivateKey(5)));
    expect(outcome).toMatchObject({ status: 'reverted', stream: null });
    expect(await market.actors.reader.readContract({ address: stream, abi: streamAbi, functionName: 'deleted' })).toBe(
      false
    );
  });
});

describe('streams are found', () => {
  const find = async (query: string) =>
    streamListSchema.parse(await (await request('GET', `/v1/streams?${query}`, undefined, null)).json());
  const namesOf = async (query: string) => (await find(query)).items.map(({ name }) => name);

  it('by owner, writer and name, page by page, as the chain says now', async () => {
    const account = market.actors.account(6);
    const finder = addressSchema.parse(account.address);
    const streams: Address[] = [];
    for (const name of ['Wind at sea', 'Wind on land', 'Waves', 'Tides']) {
      streams.push(addressSchema.parse(await market.actors.createStream(account, name)));
    }
    const [sea, land, waves, tides] = streams;
    const own = `owner=${finder}`;
    await expect
      .poll(() => namesOf(own), { timeout: 10_000 })
      .toEqual(['Wind at sea', 'Wind on land', 'Waves', 'Tides']);
    expect(await namesOf(`${own}&name=wind`)).toEqual(['Wind at sea', 'Wind on land']);
    const first = await find(`${own}&limit=3`);
    expect(first.items).toHaveLength(3);
    const rest = await find(`${own}&limit=3&cursor=${first.nextCursor ?? ''}`);
    expect([rest.items.map(({ name }) => name), rest.nextCursor]).toEqual([['Tides'], null]);

    await market.actors.onStream(account, land!, 'setPermission', [writer, permissions.write, forever]);
    await market.actors.onStream(account, waves!, 'setPermission', [everyone, permissions.read, forever]);
    await market.actors.onStream(account, sea!, 'setMetadata', ['Breeze', '']);
    await market.actors.onStream(account, tides!, 'deleteStream', []);
    await expect.poll(() => namesOf(own), { timeout: 10_000 }).toEqual(['Breeze', 'Wind on land', 'Waves']);
    expect(await namesOf(`writer=${writer}&name=land`)).toEqual(['Wind on land']);
    const [wavesNow] = (await find(`${own}&name=waves`)).items;
    expect(wavesNow).toMatchObject({ stream: waves, publicRead: true });
  });

  it('again after the chain went another way', async () => {
    const account = market.actors.account(6);
    const snapshot = await market.actors.chain.snapshot();
    await market.actors.createStream(account, 'Vanishing');
    await expect.poll(() => namesOf('name=vanishing'), { timeout: 10_000 }).toEqual(['Vanishing']);
    await market.actors.chain.revert({ id: snapshot });
    await market.actors.chain.mine({ blocks: 2 });
    await expect.poll(() => namesOf('name=vanishing'), { timeout: 10_000 }).toEqual([]);
  });
});
