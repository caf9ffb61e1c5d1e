import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { noticeSessionTypedData, type NoticeType } from '#sdk/protocol/notices';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { problemMediaType, problemSchema } from '#sdk/protocol/problem';
import { sessionSchema } from '#sdk/protocol/session';
import {
  deliveryListSchema,
  deliverySchema,
  registeredWebhookSchema,
  webhookListSchema,
  webhookSchema,
  type RegisteredWebhook,
  type WebhookRequest
} from '#sdk/protocol/webhooks';
import { createDatabase } from '../../test/database.ts';
import { indexerTables, until } from '../../test/indexer-tables.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../test/webhook-receiver.ts';
import { openDatabase, type OpenDatabase } from '../database.ts';
import { createIndexer, type Indexer } from '../indexer.ts';
import { appendMessages, takeBackMessages } from '../outbox/append.ts';
import type { NewMessage } from '../outbox/messages.ts';

const directory = mkdtempSync(join(tmpdir(), 'tributary-webhooks-'));
const zero = `0x${'0'.repeat(40)}` as const;
const key = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const word = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
let database: { url: string; drop(): Promise<void> };
let open: OpenDatabase;
let indexer: Indexer;
let receiver: WebhookReceiver;
/** Milliseconds by which the indexer's clock is ahead. */
let ahead = 0;
/** Accounts are used once, so that no test sees what another left. */
let accounts = 100;
/** Blocks: higher with every message that can be taken back. */
let block = 1_000;

const much = { burst: 1_000_000, perSecond: 1_000_000 };

beforeAll(async () => {
  database = await createDatabase(inject('databaseUrl'));
  receiver = await startWebhookReceiver(() => Date.now() + ahead);
  indexer = createIndexer({
    configuration: parseConfiguration({
      DATABASE_URL: database.url,
      DATA_DIRECTORY: directory,
      WEBHOOK_LOOPBACK_PORT: String(receiver.port),
      // nothing listens there
      CHAIN_URL: 'http://127.0.0.1:9'
    }),
    deployment: {
      chainId: 31_337,
      genesisHash: `0x${'1'.repeat(64)}`,
      startBlock: 0,
      feeBasisPoints: 0,
      karmaHalfLife: 3_600,
      contracts: {
        ...{
          DATAcoin: zero,
          StreamRegistry: zero,
          DataLicense: zero,
          DeliveryEscrow: zero,
          Karma: zero,
          Wishlist: zero
        },
        ...{ AttestationResolver: null, AttestationService: null },
        ...{ CounterfactualPurchaseFactory: null, DeliveryOracle: null }
      },
      schemas: { domain: null, organisation: null, ensName: null, knownBuyer: null }
    },
    logger: pino({ level: 'silent' }),
    clock: () => Date.now() + ahead,
    port: 0,
    limits: {
      ...{ read: { name: 'read', ...much }, write: { name: 'write', ...much } },
      ...{ quote: { name: 'quote', ...much }, relay: { name: 'relay', ...much } }
    },
    schedule: { retries: [10, 10], pause: 1, longestPause: 5, disabledAfter: 60_000 }
  });
  await indexer.start();
  open = openDatabase(database.url, () => undefined);
});

afterAll(async () => {
  await indexer.stop();
  await receiver.stop();
  await open.close();
  await database.drop();
  rmSync(directory, { recursive: true, force: true });
});

beforeEach(() => {
  receiver.answer(204);
});

interface Client {
  readonly account: Address;
  ask(method: string, path: string, body?: unknown): Promise<Response>;
}

async function signIn(number = ++accounts, change: Partial<{ market: string; expires: number; by: Hex }> = {}) {
  const owner = privateKeyToAccount(key(number));
  const account = owner.address.toLowerCase() as Address;
  const { market = indexer.url, expires = Math.floor((Date.now() + ahead) / 1_000) + 600, by = key(number) } = change;
  const signature = await privateKeyToAccount(by).signTypedData(
    noticeSessionTypedData(31_337, account, market, expires)
  );
  return fetch(`${indexer.url}/v1/notices/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account, market, expires, signature })
  });
}

async function client(number?: number): Promise<Client> {
  const { account, token } = sessionSchema.parse(await (await signIn(number)).json());
  return {
    account,
    ask: (method, path, body) =>
      fetch(indexer.url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) })
      })
  };
}

let paths = 0;
async function register(
  of: Client,
  request: Partial<WebhookRequest> = {}
): Promise<RegisteredWebhook & { path: string }> {
  const path = `/hook/${String(++paths)}`;
  const body = { url: `https://customer.localhost${path}`, kinds: ['purchase'], ...request };
  const response = await of.ask('POST', '/v1/webhooks', body);
  expect(response.status).toBe(201);
  const registered = registeredWebhookSchema.parse(await response.json());
  receiver.secrets.set(path, registered.secret);
  return { ...registered, path };
}

const purchase = (licensee: Address, seller: Address, number: number): NewMessage => ({
  kind: 'purchased',
  block: ++block,
  time: 1_800_000_000,
  payload: {
    ...{ license: `${word(number)}-${licensee}`, offer: word(number), product: word(number + 1), seller, licensee },
    ...{ purchase: `${word(number)}-0`, transactionHash: word(number), payer: licensee, from: 1, until: 2_000_000_000 },
    ...{ paid: '7', publicKey: word(3), renewal: false }
  }
});
const tell = (...messages: NewMessage[]) =>
  open.database.transaction((transaction) => appendMessages(transaction, messages));
const receivedAt = (path: string) => receiver.received.filter((one) => one.path === path);
const typesAt = (path: string): NoticeType[] => receivedAt(path).map(({ notice }) => notice.type);
const deliveriesOf = async (of: Client, id: string) =>
  deliveryListSchema.parse(await (await of.ask('GET', `/v1/webhooks/${id}/deliveries`)).json()).items;
const stateOf = async (of: Client, id: string) =>
  webhookSchema.parse(await (await of.ask('GET', `/v1/webhooks/${id}`)).json());

async function expectProblem(response: Response, status: number, type: string): Promise<void> {
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toBe(problemMediaType);
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, type: `/problems/${type}` });
}

describe('signing in', () => {
  it('takes the signature of the account for this market, for an hour at most', async () => {
    expect((await signIn()).status).toBe(200);
    const wrong = 'notice-signature-invalid';
    const now = Math.floor((Date.now() + ahead) / 1_000);
    await expectProblem(await signIn(7, { by: key(8) }), 503, 'chain-unreachable');
    await expectProblem(await signIn(7, { market: 'https://another.example' }), 422, wrong);
    await expectProblem(await signIn(7, { expires: now - 1 }), 422, wrong);
    await expectProblem(await signIn(7, { expires: now + 4_000 }), 422, wrong);
  });

  it('is needed, and what is told is kept by no cache', async () => {
    const token = sessionSchema.parse(await (await signIn()).json()).token;
    const list = (authorization: string) => fetch(`${indexer.url}/v1/webhooks`, { headers: { authorization } });
    const response = await list(`Bearer ${token}`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(webhookListSchema.parse(await response.json())).toEqual({ items: [] });
    const changed = token.startsWith('0x0') ? `0x1${token.slice(3)}` : `0x0${token.slice(3)}`;
    for (const foul of ['', 'Bearer', 'Bearer x', `Bearer ${changed}`, `Bearer ${token.slice(0, -2)}`]) {
      await expectProblem(await list(foul), 401, 'not-signed-in');
    }
    ahead += 3_600_000;
    await expectProblem(await list(`Bearer ${token}`), 401, 'not-signed-in');
  });

  it('keeps the key to its owner', () => {
    expect(statSync(join(directory, 'webhooks.key')).mode & 0o777).toBe(0o600);
  });
});

describe('registering', () => {
  it.each([
    'http://example.org/',
    'https://127.0.0.1/',
    'https://[::1]/',
    'https://2130706433/',
    'https://localhost/',
    'https://intranet/',
    'https://user@example.org/',
    'https://example.org:8443/'
  ])('refuses %s', async (url) => {
    const of = await client();
    const response = await of.ask('POST', '/v1/webhooks', { url, kinds: ['purchase'] });
    expect(response.status).toBe(422);
    expect(webhookListSchema.parse(await (await of.ask('GET', '/v1/webhooks')).json()).items).toEqual([]);
  });

  it('shows the secret once, to nobody else, and keeps no more than there may be', async () => {
    const one = await client();
    const other = await client();
    const { id, secret } = await register(one);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(await (await one.ask('GET', `/v1/webhooks/${id}`)).text()).not.toContain(secret);
    for (const [method, path] of [
      ['GET', `/v1/webhooks/${id}`],
      ['DELETE', `/v1/webhooks/${id}`],
      ['GET', `/v1/webhooks/${id}/deliveries`],
      ['POST', `/v1/webhooks/${id}/test`]
    ] as const) {
      await expectProblem(await other.ask(method, path), 404, 'notice-unknown');
    }
    for (let more = 1; more < 10; more += 1) await register(one);
    const request = { url: 'https://customer.localhost/', kinds: ['purchase'] };
    await expectProblem(await one.ask('POST', '/v1/webhooks', request), 409, 'notices-too-many');
    expect((await one.ask('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
    await register(one);
  });
});

describe('webhooks', () => {
  it('get what concerns their account or what they watch, signed, each once, and nothing else', async () => {
    const buyer = await client();
    const seller = await client();
    const watcher = await client();
    const stranger = await client();
    const ofBuyer = await register(buyer);
    const ofSeller = await register(seller);
    const ofWatcher = await register(watcher, { watched: [word(5_001)] });
    const ofStranger = await register(stranger);
    const otherKinds = await register(buyer, { kinds: ['license.flagged'] });
    await tell(purchase(buyer.account, seller.account, 5_000), purchase(zero, stranger.account, 5_100));
    for (const { path } of [ofBuyer, ofSeller, ofWatcher]) {
      await until(() => Promise.resolve(receivedAt(path).length === 1));
      expect(receivedAt(path)[0]).toMatchObject({ genuine: true, host: 'customer.localhost' });
      expect(receivedAt(path)[0]?.notice).toMatchObject({
        type: 'purchase',
        timestamp: '2027-01-15T08:00:00.000Z',
        data: { licensee: buyer.account, seller: seller.account, paid: '7' }
      });
    }
    await until(() => Promise.resolve(receivedAt(ofStranger.path).length === 1));
    expect(receivedAt(ofStranger.path)[0]?.notice.data).toMatchObject({ seller: stranger.account });
    expect(receivedAt(otherKinds.path)).toEqual([]);
    await until(async () => (await deliveriesOf(buyer, ofBuyer.id))[0]?.state === 'delivered');
    const [delivery] = await deliveriesOf(buyer, ofBuyer.id);
    expect(delivery).toMatchObject({ id: receivedAt(ofBuyer.path)[0]?.id, nextTry: null });
    expect(delivery?.tries).toMatchObject([{ status: 204, error: null }]);
  });

  it('are tried again under the same id while the receiver is away, and give up in the end', async () => {
    const of = await client();
    const { id, path } = await register(of);
    receiver.answer('cut');
    await tell(purchase(of.account, zero, 6_000));
    await until(() => Promise.resolve(receivedAt(path).length >= 1));
    await until(async () => (await stateOf(of, id)).state === 'failing');
    receiver.answer(204);
    await until(async () => (await deliveriesOf(of, id))[0]?.state === 'delivered');
    expect(new Set(receivedAt(path).map((one) => one.id)).size).toBe(1);
    expect(await stateOf(of, id)).toMatchObject({ state: 'active', failingSince: null, pending: 0 });
    receiver.answer(500);
    await tell(purchase(of.account, zero, 6_100));
    await until(async () => (await deliveriesOf(of, id))[0]?.state === 'failed');
    const [given] = await deliveriesOf(of, id);
    expect(given?.tries.map(({ status }) => status)).toEqual([500, 500, 500]);
    // and are sent again where that is asked for
    receiver.answer(204);
    const before = receivedAt(path).length;
    const again = await of.ask('POST', `/v1/webhooks/${id}/deliveries/${given?.id ?? ''}/replay`);
    expect(deliverySchema.parse(await again.json())).toMatchObject({ id: given?.id, state: 'pending' });
    await until(async () => (await deliveriesOf(of, id))[0]?.state === 'delivered');
    expect(receivedAt(path).slice(before)).toMatchObject([{ id: given?.id, genuine: true }]);
  });

  it('do not follow redirects, and are disabled where they are gone or nothing arrives', async () => {
    const of = await client();
    const { id, path } = await register(of);
    receiver.answer(302, { location: 'http://127.0.0.1/' });
    await tell(purchase(of.account, zero, 7_000));
    await until(async () => (await deliveriesOf(of, id))[0]?.state === 'failed');
    expect((await deliveriesOf(of, id))[0]?.tries[0]?.error).toContain('Redirects are not followed');
    ahead += 61_000;
    await tell(purchase(of.account, zero, 7_100));
    await until(async () => (await stateOf(of, id)).state === 'disabled');
    expect((await stateOf(of, id)).disabledReason).toContain('Nothing has arrived since');
    // what happens meanwhile is not kept for it
    await tell(purchase(of.account, zero, 7_200));
    const known = (await deliveriesOf(of, id)).length;
    // a test that is answered enables it again
    receiver.answer(204);
    const test = deliverySchema.parse(
      await (await client(accounts)).ask('POST', `/v1/webhooks/${id}/test`).then((response) => response.json())
    );
    expect(test).toMatchObject({ type: 'ping', state: 'pending' });
    await until(async () => (await stateOf(await client(accounts), id)).state === 'active');
    expect(typesAt(path).at(-1)).toBe('ping');
    expect((await deliveriesOf(await client(accounts), id)).length).toBe(known + 1);
    receiver.answer(410);
    await tell(purchase(of.account, zero, 7_300));
    await until(async () => (await stateOf(await client(accounts), id)).state === 'disabled');
    expect((await stateOf(await client(accounts), id)).disabledReason).toContain('gone');
  });

  it('hear that the chain took back what they were told, and of the same again', async () => {
    const of = await client();
    const { id, path } = await register(of);
    const bought = purchase(of.account, zero, 8_000);
    await tell(bought);
    await until(async () => (await deliveriesOf(of, id))[0]?.state === 'delivered');
    await open.database.transaction((transaction) => takeBackMessages(transaction, block - 1));
    await until(() => Promise.resolve(receivedAt(path).length === 2));
    expect(receivedAt(path)[1]?.notice).toMatchObject({
      type: 'retracted',
      data: { notice: receivedAt(path)[0]?.id, type: 'purchase', data: { licensee: of.account } }
    });
    await tell({ ...bought, block: ++block });
    await until(() => Promise.resolve(receivedAt(path).length === 3));
    expect(typesAt(path)).toEqual(['purchase', 'retracted', 'purchase']);
    expect(new Set(receivedAt(path).map((one) => one.id)).size).toBe(3);
  });

  it('are told nothing of what was taken back before it was sent', async () => {
    const of = await client();
    const { id, path } = await register(of);
    // nothing is sent while it pauses
    const tables = indexerTables(database.url);
    await tables.query(`update indexer.webhook set paused_until = 9000000000000 where id = '${id}'`);
    await tell(purchase(of.account, zero, 8_500));
    await until(async () => (await deliveriesOf(of, id)).length === 1);
    await open.database.transaction((transaction) => takeBackMessages(transaction, block - 1));
    await until(async () => (await deliveriesOf(of, id))[0]?.state === 'withdrawn');
    await tables.query(`update indexer.webhook set paused_until = 0 where id = '${id}'`);
    await tell(purchase(of.account, zero, 8_600));
    await until(() => Promise.resolve(receivedAt(path).length === 1));
    expect(receivedAt(path)[0]?.notice.data).toMatchObject({ offer: word(8_600) });
    expect((await deliveriesOf(of, id)).map(({ state }) => state)).toContain('withdrawn');
  });
});
