import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { delegateKeys } from '#sdk/actions/delegate-keys';
import { fetchEraChanges } from '#sdk/actions/fetch-era-changes';
import { fetchGrants } from '#sdk/actions/fetch-grants';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { generateKeyPair } from '#sdk/protocol/hpke';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import { type Broker, createBroker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import type { ListedOffer } from '../market-actors.ts';

const slotDuration = 60;
const hour = 3_600;
const signer = privateKeySigner(localPrivateKey(1));
let running: BrokerMarket;
let broker: Broker;
let market: Market;
let stream: Address;
let listed: ListedOffer;
/** Milliseconds by which broker and chain are ahead. */
let ahead = 0;
const clock = () => Date.now() + ahead;

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  const { configuration, deployment, chain, actors } = running;
  broker = createBroker({
    configuration,
    deployment,
    clock,
    port: 0,
    logger: pino({ level: configuration.LOG_LEVEL }),
    eraChangeFrom: 2
  });
  await broker.start();
  const { chainId } = deployment;
  market = openMarket(
    { chainId, rpcUrl: chain.url, deployment, brokerUrl: broker.url, marketUrl: broker.url, local: true },
    { baseUrl: broker.url, clock }
  );
  const seller = actors.account(1);
  stream = addressSchema.parse(await actors.createStream(seller, 'By the minute', { slotDuration }));
  listed = await actors.listOffer(seller, [stream], { boundary: 60 });
});

afterAll(async () => {
  await broker.stop();
  await running.stop();
});

it('grants what is left after the last full hour when that hour comes, and not to who was cut off before', async () => {
  await delegateKeys({ market, stream, signer, keys: createStreamKeys(1) });
  const start = await running.actors.now();
  const lastHour = (Math.floor(start / hour) + 3) * hour;
  const until = lastHour + hour / 2;
  const licensees: Address[] = [];
  for (const index of [5, 6, 7]) {
    const account = running.actors.account(index);
    await running.actors.fund(account, 10n ** 24n);
    const { publicKey } = await generateKeyPair();
    // The purchase begins a little later than now.
    await running.actors.buy(account, listed, until - 60 - (await running.actors.now()), { publicKey });
    licensees.push(addressSchema.parse(account.address));
  }
  const grantsOf = (licensee: Address) => fetchGrants({ market, stream, licensee });
  const ends = new Map<Address, number>();
  for (const licensee of licensees) {
    await expect.poll(() => grantsOf(licensee), { timeout: 10_000 }).toHaveLength(1);
    const [grant] = await grantsOf(licensee);
    // Of the present era all of it at once: it is one message.
    expect(grant?.bucket?.end).toBe(lastHour / slotDuration);
    expect(grant?.untilSlot).toBeGreaterThan(lastHour / slotDuration);
    ends.set(licensee, grant?.untilSlot ?? 0);
  }
  const fromSlot = Math.floor(start / slotDuration) + 3;
  await delegateKeys({ market, stream, signer, keys: createStreamKeys(2), from: fromSlot * slotDuration });
  await expect.poll(() => fetchEraChanges({ market, stream }), { timeout: 10_000 }).toHaveLength(1);
  await sleep(2_000);
  for (const licensee of licensees) expect(await grantsOf(licensee)).toHaveLength(1);

  const [cut, ...kept] = licensees;
  if (cut === undefined) return expect.fail('nobody bought');
  const seller = running.actors.account(1);
  await running.actors.onLicense(seller, 'revoke', listed, cut, `0x${'77'.repeat(32)}`);
  const moment = lastHour - 100;
  ahead = moment * 1000 - Date.now();
  await running.actors.chain.setNextBlockTimestamp({ timestamp: BigInt(moment) });
  await running.actors.chain.mine({ blocks: 1 });
  for (const licensee of kept) {
    await expect.poll(() => grantsOf(licensee), { timeout: 40_000 }).toHaveLength(2);
    const [, tail] = await grantsOf(licensee);
    expect(tail).toMatchObject({ era: 2, fromSlot: lastHour / slotDuration, untilSlot: ends.get(licensee) });
  }
  expect(await grantsOf(cut)).toHaveLength(1);
});
