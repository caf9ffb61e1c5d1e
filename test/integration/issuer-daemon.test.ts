import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { createPublisher, type PublishedEvent, type Publisher } from '#sdk/actions/create-publisher';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { readHistory } from '#sdk/actions/read-history';
import { type Grant, type Issuer, issuerSchema } from '#sdk/protocol/grant';
import { generateKeyPair, type KeyPair } from '#sdk/protocol/hpke';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { type Broker, createBroker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import { createDatabase } from '../database.ts';
import { signInAs } from '../sign-in.ts';
import { forever, type ListedOffer, permissions } from '../market-actors.ts';

const slotDuration = 2;
const seller = 1;
const signer = privateKeySigner(localPrivateKey(seller));
let running: BrokerMarket;
let broker: Broker;
let market: Market;
let database: { readonly url: string; drop(): Promise<void> };
let environment: Record<string, string>;
let daemon: ChildProcess | undefined;
let url: string;
let stream: Address;
let listed: ListedOffer;
let publisherKeys: KeyPair;
let publisher: Publisher;

interface Buyer {
  readonly index: number;
  readonly licensee: Address;
  readonly keyPair: KeyPair;
}

/** Starts the issuer as the seller would, as a process of its own. */
async function startDaemon(): Promise<Issuer> {
  daemon = spawn(process.execPath, ['--import', 'tsx', 'broker/issuer-main.ts'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit']
  });
  for (;;) {
    const answer = await fetch(`${url}/v1/issuer`).catch(() => null);
    if (answer?.status === 200) return issuerSchema.parse(await answer.json());
    expect(daemon.exitCode).toBeNull();
    await sleep(50);
  }
}

/** @returns the exit code, null after a signal. */
function kill(signal: NodeJS.Signals): Promise<number | null> {
  const ending = daemon;
  daemon = undefined;
  if (ending === undefined || ending.exitCode !== null) return Promise.resolve(ending?.exitCode ?? null);
  return new Promise((resolve) => {
    ending.once('exit', resolve);
    ending.kill(signal);
  });
}

const grantsOf = ({ licensee }: Buyer) => fetchGrants({ market, stream, licensee });
const granted = (buyer: Buyer) => expect.poll(() => grantsOf(buyer), { timeout: 20_000 }).not.toHaveLength(0);
/** What a buyer can read of the log by its grants, were it given all the ciphertext, as here in the owner's name. */
async function readable({ licensee, keyPair }: Buyer): Promise<unknown[]> {
  const events = await readHistory({
    market,
    stream,
    session: signInAs(market, 1, new URL(running.configuration.PUBLIC_URL).host),
    from: { offset: 0 },
    limit: 1_000,
    reader: { licensee, keyPair }
  });
  return events.map(({ verified, content, locked }) => {
    expect(verified).toBe(true);
    return content === undefined ? locked : (JSON.parse(new TextDecoder().decode(content)) as unknown);
  });
}

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  const { deployment, chain, actors, directory } = running;
  broker = running.broker();
  await broker.start();
  market = openMarket(
    {
      chainId: deployment.chainId,
      rpcUrl: chain.url,
      deployment,
      brokerUrl: broker.url,
      marketUrl: broker.url,
      local: true
    },
    { baseUrl: broker.url, webSocket: WebSocket }
  );
  database = await createDatabase(inject('databaseUrl'));
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${String(port)}`;
  writeFileSync(join(directory, 'deployment.json'), JSON.stringify(deployment));
  writeFileSync(join(directory, 'passphrase'), 'correct horse battery\n', { mode: 0o600 });
  environment = {
    DATA_DIRECTORY: directory,
    DATABASE_URL: database.url,
    CHAIN_URL: chain.url,
    BROKER_URL: broker.url,
    ISSUER_PORT: String(port),
    SELLER_ACCOUNTS: actors.account(seller).address,
    VAULT_PASSPHRASE_FROM: `file:${join(directory, 'passphrase')}`,
    ERA_GATHER: '1',
    ERA_LEAD: '5',
    LOG_LEVEL: process.env['BROKER_LOG'] ?? 'silent'
  };
  const account = actors.account(seller);
  stream = addressSchema.parse(await actors.createStream(account, 'Kept by its seller', { slotDuration }));
  listed = await actors.listOffer(account, [stream]);
  publisherKeys = await generateKeyPair();
  await actors.onStream(account, stream, 'registerPublicKey', [publisherKeys.publicKey]);
});

afterAll(async () => {
  await publisher.close();
  await kill('SIGKILL');
  await broker.stop();
  await database.drop();
  await running.stop();
});

/** Buyers by the number of their account; each buys once, and has the key of that purchase. */
const buyers = new Map<number, Buyer>();
const who = (index: number): Buyer => buyers.get(index) ?? expect.fail(`nobody bought with account ${String(index)}`);

async function newBuyer(index: number, offer = listed): Promise<Buyer> {
  const account = running.actors.account(index);
  await running.actors.fund(account, 10n ** 24n);
  const fresh = { index, licensee: addressSchema.parse(account.address), keyPair: await generateKeyPair() };
  buyers.set(index, fresh);
  await running.actors.buy(account, offer, 3 * 3600, { publicKey: fresh.keyPair.publicKey });
  return fresh;
}

/** Publishes while something is done to cut somebody off, until a new era has begun; then looks at what all can read. */
async function cutOff(cut: Buyer, others: readonly Buyer[], doIt: () => Promise<unknown>): Promise<void> {
  const mark = `before ${String(cut.index)}`;
  const published: PublishedEvent[] = [await publisher.publish({ json: mark })];
  const { era } = published[0]?.event ?? expect.fail('nothing was published');
  const state = { done: false };
  const doing = doIt().then(() => {
    state.done = true;
  });
  for (const end = Date.now() + 100_000; (published.at(-1)?.event.era ?? 0) === era || !state.done;) {
    published.push(await publisher.publish({ json: `${mark} ${String(published.length)}` }));
    expect(Date.now()).toBeLessThan(end);
    await sleep(100);
  }
  await doing;
  const texts = published.map((_, place) => (place === 0 ? mark : `${mark} ${String(place)}`));
  const begun = published.findIndex(({ event }) => event.era !== era);
  // Every event is there, in order, for who is entitled; who was cut off reads nothing of the new era.
  for (const other of others) {
    await expect.poll(async () => (await readable(other)).slice(-texts.length), { timeout: 30_000 }).toEqual(texts);
  }
  const read = (await readable(cut)).slice(-texts.length);
  expect(read.slice(0, begun)).toEqual(texts.slice(0, begun));
  expect(read.slice(begun)).toEqual(Array<string>(texts.length - begun).fill('waiting-for-key'));
  expect((await grantsOf(cut)).every((grant) => grant.era <= era)).toBe(true);
}

it('makes the keys of a stream, and grants what was bought before it was there and while it was away', async () => {
  const early = await newBuyer(5);
  const { issuer } = await startDaemon();
  // Nothing before the seller lets it.
  await sleep(1_000);
  expect(await grantsOf(early)).toEqual([]);
  const account = running.actors.account(seller);
  await running.actors.onStream(account, stream, 'setPermission', [issuer, permissions.grant, forever]);
  await granted(early);
  publisher = await createPublisher({ market, stream, signer, keyPair: publisherKeys });
  const { event } = await publisher.publish({ json: 'first' });
  expect(event.encryptionType).toBe('aes-256-gcm');
  expect(await readable(early)).toEqual(['first']);
  expect((await grantsOf(early)).map((grant) => grant.issuer)).toEqual([issuer]);
  expect(issuer).not.toBe(issuerSchema.parse(await (await fetch(`${broker.url}/v1/issuer`)).json()).issuer);

  // It ends within its time when it is asked to.
  expect(await kill('SIGTERM')).toBe(0);
  const late = await newBuyer(6);
  await publisher.publish({ json: 'second' });
  expect(await readable(late)).toEqual(['waiting-for-key', 'waiting-for-key']);
  expect(await startDaemon()).toMatchObject({ issuer });
  await granted(late);
  expect((await readable(late)).at(-1)).toBe('second');
  // What was granted before is as it was.
  expect(await grantsOf(early)).toHaveLength(1);
});

it('begins an era by itself when a licence is revoked; the publisher takes it over and loses nothing', async () => {
  const cut = await newBuyer(7);
  await granted(cut);
  // Hears of no grants but the first ones.
  let heard = false;
  let first: string | undefined;
  const late = await createPublisher({
    market: {
      ...market,
      fetch: async (address, request) => {
        if (heard || !address.includes('/grants?')) return market.fetch(address, request);
        first ??= await (await fetch(address)).text();
        return new Response(first);
      }
    },
    stream,
    signer,
    keyPair: publisherKeys
  });
  const { event: before } = await late.publish({ json: 'before' });
  await cutOff(cut, [who(5), who(6)], () =>
    running.actors.onLicense(running.actors.account(seller), 'revoke', listed, cut.licensee, `0x${'77'.repeat(32)}`)
  );
  // One that comes late to the new era publishes in it all the same, in one go with what the others have.
  heard = true;
  const { event: again } = await late.publish({ json: 'late' });
  expect(again.era).toBeGreaterThan(before.era);
  expect((await readable(who(5))).at(-1)).toBe('late');
  expect((await readable(cut)).at(-1)).toBe('waiting-for-key');
  await late.close();
  // Whoever comes later has nothing of the eras before; what was published in the slot of its purchase it has.
  await sleep(2 * slotDuration * 1000);
  const newcomer = await newBuyer(8);
  await granted(newcomer);
  await sleep(2 * slotDuration * 1000);
  await publisher.publish({ json: 'to a newcomer' });
  const read = await readable(newcomer);
  expect(read.at(-1)).toBe('to a newcomer');
  for (const locked of read.slice(0, -1)) expect(['before-license', 'waiting-for-key']).toContain(locked);
});

it('does so too when a licence is cancelled, and goes on where it was killed', async () => {
  const byTheSecond = await running.actors.listOffer(running.actors.account(seller), [stream], {
    settlement: 'by-second',
    productNumber: 2n
  });
  const cut = await newBuyer(4, byTheSecond);
  await granted(cut);
  await cutOff(cut, [who(5), who(6), who(8)], async () => {
    await running.actors.onLicense(running.actors.account(cut.index), 'cancel', byTheSecond);
    // At several moments: while it reads the chain, gathers, stores the root, and hands out what it issued.
    for (const pause of [150, 1_100, 1_300]) {
      await sleep(pause);
      await kill('SIGKILL');
      await startDaemon();
    }
  });
  // Nothing was issued twice: of an era, nobody has two grants of one slot.
  for (const buyer of [5, 6, 8].map(who)) {
    const ranges = (await grantsOf(buyer)).map(({ era, fromSlot, untilSlot }) => [era, fromSlot, untilSlot] as const);
    for (const [place, [era, from, until]] of ranges.entries()) {
      for (const [other, first, end] of ranges.slice(place + 1)) {
        expect(other !== era || end <= from || until <= first).toBe(true);
      }
    }
  }
});

it('begins one when a purchase vanishes with a reorganisation', async () => {
  const cut = await newBuyer(3);
  await granted(cut);
  await publisher.publish({ json: 'just before' });
  expect((await readable(cut)).at(-1)).toBe('just before');
  await cutOff(cut, [who(5), who(6), who(8)], () =>
    running.actors.chain.request({ method: 'anvil_reorg', params: [1, []] } as never)
  );
});

it("leaves a stream to the market's issuer when it is taken from it, and begins an era when it gets it back", async () => {
  const account = running.actors.account(seller);
  const { issuer } = issuerSchema.parse(await (await fetch(`${url}/v1/issuer`)).json());
  const permit = (until: number) =>
    running.actors.onStream(account, stream, 'setPermission', [issuer, permissions.grant, until]);
  const undelivered = async () =>
    /^tributary_issuer_undelivered (\d+)$/m.exec(await (await fetch(`${url}/metrics`)).text());
  const newestOf = async (buyer: Buyer) => (await grantsOf(buyer)).toSorted((a, b) => b.era - a.era)[0];
  const before = (await newestOf(who(5)))?.era ?? 0;
  const keys = createStreamKeys(before + 1);
  await delegateKeys({ market, stream, signer, keys });
  await permit(0);
  const meanwhile = await newBuyer(9);
  await expect.poll(() => newestOf(meanwhile), { timeout: 20_000 }).toMatchObject({ era: before + 1 });
  const byMarket = await createPublisher({ market, stream, signer, keys });
  const { event } = await byMarket.publish({ json: 'by the market' });
  expect(event.era).toBe(before + 1);
  await expect.poll(async () => (await readable(who(5))).at(-1), { timeout: 20_000 }).toBe('by the market');
  expect((await readable(meanwhile)).at(-1)).toBe('by the market');
  await byMarket.close();
  // Nothing was made that nobody takes.
  expect((await grantsOf(meanwhile)).filter((grant) => grant.issuer === issuer)).toEqual([]);
  expect((await undelivered())?.[1]).toBe('0');

  // It is away when it is given back.
  await kill('SIGKILL');
  await permit(forever);
  await startDaemon();
  await expect.poll(() => newestOf(meanwhile), { timeout: 20_000 }).toMatchObject({ issuer });
  expect((await newestOf(meanwhile))?.era).toBeGreaterThan(before + 1);
  await expect
    .poll(async () => (await publisher.publish({ json: 'by its seller' })).event.era, { timeout: 30_000 })
    .toBeGreaterThan(before + 1);
  for (const reader of [who(5), meanwhile]) {
    await expect.poll(async () => (await readable(reader)).at(-1), { timeout: 20_000 }).toBe('by its seller');
  }
  const eras = new Set((await grantsOf(meanwhile)).map(({ era }) => era)).size;
  await kill('SIGTERM');
  await startDaemon();
  await sleep(2_000);
  expect(new Set((await grantsOf(meanwhile)).map(({ era }) => era)).size).toBe(eras);
});

it('begins an era where its database was lost, and brings a broker that comes late what the other has', async () => {
  await kill('SIGKILL');
  const [port = 0] = await freePorts(1);
  const lost = database;
  const [fresh, own] = await Promise.all([0, 1].map(() => createDatabase(inject('databaseUrl'))));
  if (fresh === undefined || own === undefined) return expect.fail('no databases');
  database = fresh;
  environment = {
    ...environment,
    DATABASE_URL: fresh.url,
    ISSUE_TO: `${broker.url},http://127.0.0.1:${String(port)}`
  };
  const other = createBroker({
    configuration: {
      ...running.configuration,
      DATABASE_URL: own.url,
      DATA_DIRECTORY: join(running.directory, 'other'),
      BROKER_PORT: port
    },
    deployment: running.deployment,
    logger: pino({ level: 'silent' })
  });
  const erasOf = async (brokerUrl: string) =>
    (await fetchGrants({ market: { ...market, brokerUrl }, stream, licensee: who(5).licensee })).map(({ era }) => era);
  try {
    const before = Math.max(...(await erasOf(broker.url)));
    await startDaemon();
    await expect.poll(async () => Math.max(...(await erasOf(broker.url))), { timeout: 20_000 }).toBeGreaterThan(before);
    await other.start();
    await expect.poll(() => erasOf(other.url), { timeout: 40_000 }).toContain(Math.max(...(await erasOf(broker.url))));
    const newest = (list: readonly Grant[]) => [...list].sort((a, b) => b.era - a.era)[0];
    const [here, there] = await Promise.all(
      [broker.url, other.url].map((brokerUrl) =>
        fetchGrants({ market: { ...market, brokerUrl }, stream, licensee: who(5).licensee })
      )
    );
    expect(newest(there ?? [])).toEqual(newest(here ?? []));
  } finally {
    await other.stop();
    await kill('SIGKILL');
    await own.drop();
    await lost.drop();
  }
});
