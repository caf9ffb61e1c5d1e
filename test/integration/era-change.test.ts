import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { openMarket, type Market } from '#sdk/actions/connect-market';
import { createPublisher, type Publisher } from '#sdk/actions/create-publisher';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { fetchEraChanges } from '#sdk/actions/fetch-era-changes';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { readHistory } from '#sdk/actions/read-history';
import { startEra } from '#sdk/actions/start-era';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { subscribe } from '#sdk/actions/subscribe';
import { verifyEraChangeSignature } from '#sdk/protocol/era-change-sealing';
import { eraStateSchema } from '#sdk/protocol/grant';
import { generateKeyPair, type KeyPair } from '#sdk/protocol/hpke';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { slotAt } from '#sdk/protocol/slot-keys';
import { type Broker, createBroker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import type { ListedOffer } from '../market-actors.ts';
import { signInAs } from '../sign-in.ts';

const slotDuration = 2;
const signer = privateKeySigner(localPrivateKey(1));
let running: BrokerMarket;
let broker: Broker;
let market: Market;
let stream: Address;
let listed: ListedOffer;
let publisher: Publisher;

interface Buyer {
  readonly index: number;
  readonly licensee: Address;
  readonly keyPair: KeyPair;
}

const firstKeys = createStreamKeys(1);

async function buy(index: number): Promise<Buyer> {
  const account = running.actors.account(index);
  const keyPair = await generateKeyPair();
  await running.actors.fund(account, 10n ** 24n);
  await running.actors.buy(account, listed, 3 * 3600, { publicKey: keyPair.publicKey });
  const licensee = addressSchema.parse(account.address);
  await expect.poll(() => fetchGrants({ market, stream, licensee }), { timeout: 10_000 }).not.toHaveLength(0);
  return { index, licensee, keyPair };
}

const makeBroker = () =>
  createBroker({
    configuration: running.configuration,
    deployment: running.deployment,
    port: 0,
    logger: pino({ level: running.configuration.LOG_LEVEL }),
    eraChangeFrom: 2
  });

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  broker = makeBroker();
  await broker.start();
  const { deployment, chain, actors } = running;
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
  const seller = actors.account(1);
  stream = addressSchema.parse(await actors.createStream(seller, 'Eras', { slotDuration }));
  listed = await actors.listOffer(seller, [stream]);
  await delegateKeys({ market, stream, signer, keys: firstKeys });
  publisher = await createPublisher({ market, stream, signer, keys: firstKeys });
});

afterAll(async () => {
  await publisher.close();
  await broker.stop();
  await running.stop();
});

const sessionOf = (index: number) => signInAs(market, index, new URL(running.configuration.PUBLIC_URL).host);

/** What a buyer can read of the log by its grants, were it given all the ciphertext, as here in the owner's name. */
async function readable({ licensee, keyPair }: Buyer): Promise<unknown[]> {
  const session = sessionOf(1);
  const events = await readHistory({ market, stream, session, from: { offset: 0 }, reader: { licensee, keyPair } });
  return events.map(({ verified, content, locked }) => {
    expect(verified).toBe(true);
    return content === undefined ? locked : (JSON.parse(new TextDecoder().decode(content)) as unknown);
  });
}

/** Begins an era, waits for its first slot, and publishes in it. */
async function nextEra(era: number, text: string): Promise<number> {
  const { fromSlot } = await startEra({ market, stream, signer, era, publishers: [publisher] });
  await expect
    .poll(async () => (await fetchEraChanges({ market, stream })).map((change) => change.era), { timeout: 10_000 })
    .toContain(era);
  while (slotAt(Date.now(), slotDuration) < fromSlot) await sleep(50);
  const { event } = await publisher.publish({ json: text });
  expect(event).toMatchObject({ era });
  expect(event.slot).toBeGreaterThanOrEqual(fromSlot);
  return fromSlot;
}

const eraState = async () => eraStateSchema.parse(await (await fetch(`${broker.url}/v1/streams/${stream}/era`)).json());

const revoke = async ({ licensee }: Buyer) =>
  running.actors.onLicense(running.actors.account(1), 'revoke', listed, licensee, `0x${'77'.repeat(32)}`);

it('cuts off whom the chain cut off; everybody else reads on without asking, also who slept', async () => {
  const [revoked, live, sleeper, later] = [await buy(5), await buy(6), await buy(7), await buy(8)];
  const received: unknown[] = [];
  const subscription = await subscribe({
    market,
    stream,
    session: sessionOf(live.index),
    from: { offset: 0 },
    reader: { licensee: live.licensee, keyPair: live.keyPair }
  });
  const reading = (async () => {
    for await (const { content, again, locked } of subscription) {
      received.push(content === undefined ? [locked, again] : JSON.parse(new TextDecoder().decode(content)));
    }
  })();
  await publisher.publish({ json: 'first' });
  await expect.poll(() => received, { timeout: 10_000 }).toEqual(['first']);
  for (const buyer of [revoked, sleeper, later]) expect(await readable(buyer)).toEqual(['first']);

  expect(await eraState()).toEqual({ era: 1, cutOffsDue: 0 });
  await revoke(revoked);
  await expect.poll(eraState, { timeout: 10_000 }).toEqual({ era: 1, cutOffsDue: 1 });
  // What is not delegated anew goes on as before.
  await publisher.publish({ json: 'second' });
  expect(await readable(revoked)).toEqual(['first', 'second']);
  const fromSlot = await nextEra(2, 'third');
  await expect.poll(() => received, { timeout: 10_000 }).toEqual(['first', 'second', 'third']);
  expect(await readable(later)).toEqual(['first', 'second', 'third']);
  expect(await readable(revoked)).toEqual(['first', 'second', 'waiting-for-key']);

  // A publisher that has not heard of it is told so: whoever was cut off could read what it says.
  const late = await createPublisher({ market, stream, signer, keys: firstKeys });
  await expect(late.publish({ json: 'late' })).rejects.toMatchObject({
    problem: { type: '/problems/era-ended', status: 409 }
  });
  await late.close();

  // Bought between two eras: nothing of what was before.
  await sleep(2 * slotDuration * 1000);
  const newcomer = await buy(4);
  await publisher.publish({ json: 'fourth' });
  expect((await readable(newcomer)).slice(0, 3)).toEqual(Array<string>(3).fill('before-license'));
  expect((await readable(newcomer)).at(-1)).toBe('fourth');

  expect(await eraState()).toEqual({ era: 2, cutOffsDue: 0 });
  await revoke(later);
  await expect.poll(eraState, { timeout: 10_000 }).toEqual({ era: 2, cutOffsDue: 1 });
  await nextEra(3, 'fifth');
  await expect.poll(() => received, { timeout: 10_000 }).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
  // Has read nothing since the beginning.
  expect(await readable(sleeper)).toEqual(['first', 'second', 'third', 'fourth', 'fifth']);
  expect((await readable(newcomer)).slice(3)).toEqual(['fourth', 'fifth']);
  expect(await readable(later)).toEqual(['first', 'second', 'third', 'fourth', 'waiting-for-key']);
  expect(await readable(revoked)).toEqual(['first', 'second', ...Array<string>(3).fill('waiting-for-key')]);

  // Nobody who was there was sent a grant of its own: the change was for all at once.
  for (const { licensee } of [live, sleeper]) {
    const grants = await fetchGrants({ market, stream, licensee });
    const eras = grants.filter((grant) => grant.untilSlot > slotAt(Date.now(), slotDuration)).map(({ era }) => era);
    expect(eras).toEqual([1]);
    expect(grants[0]?.version).toBe(2);
  }
  const changes = await fetchEraChanges({ market, stream });
  expect(changes.map(({ era }) => era)).toEqual([2, 3]);
  for (const change of changes) expect(verifyEraChangeSignature(change)).toBe(true);
  expect(changes[0]?.fromSlot).toBe(fromSlot);
  subscription.close();
  await reading;
});

it('makes an era change once, also after a restart', async () => {
  const before = await fetchEraChanges({ market, stream });
  await broker.stop();
  broker = makeBroker();
  await broker.start();
  const url = `${broker.url}/v1/streams/${stream}/era-changes`;
  await sleep(1_000);
  const { items } = (await (await fetch(url)).json()) as { items: unknown[] };
  expect(items).toHaveLength(before.length);
});
