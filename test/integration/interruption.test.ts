import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { openMarket } from '#sdk/actions/connect-market';
import type { Market } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import type { SessionKeeper } from '#sdk/actions/keep-session';
import { MarketRefusedError } from '#sdk/actions/market-errors';
import { readHistory } from '#sdk/actions/read-history';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { subscribe } from '#sdk/actions/subscribe';
import type { SubscriptionState } from '#sdk/actions/subscribe';
import { addressSchema } from '#sdk/protocol/primitives';
import type { Address } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { startBrokerMarket } from '../broker-market.ts';
import type { BrokerMarket } from '../broker-market.ts';
import { startCutProxy } from '../cut-proxy.ts';
import type { CutProxy } from '../cut-proxy.ts';
import { signInAs } from '../sign-in.ts';

const keys = createStreamKeys();
const signer = privateKeySigner(localPrivateKey(1));

let running: BrokerMarket;
let broker: Broker;
let network: CutProxy;
let market: Market;
let session: SessionKeeper;

const newStream = async (name: string): Promise<Address> =>
  addressSchema.parse(await running.actors.createStream(running.actors.account(1), name));

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  broker = running.broker();
  await broker.start();
  network = await startCutProxy(broker.url);
  const { deployment, chain } = running;
  market = openMarket(
    {
      chainId: deployment.chainId,
      rpcUrl: chain.url,
      deployment,
      brokerUrl: network.url,
      marketUrl: network.url,
      local: true
    },
    { baseUrl: network.url, webSocket: WebSocket }
  );
  session = signInAs(market, 1, new URL(running.configuration.PUBLIC_URL).host);
});

afterAll(async () => {
  await network.stop();
  await broker.stop();
  await running.stop();
});

const numberOf = (content: Uint8Array | undefined) =>
  (JSON.parse(new TextDecoder().decode(content)) as { number: number }).number;

describe('over a network that breaks', () => {
  it('publishes and delivers every event once and in order', async () => {
    const stream = await newStream('Interrupted');
    const publisher = await createPublisher({ market, stream, signer, keys });
    const states = new Set<SubscriptionState['connection']>();
    const subscription = await subscribe({
      market,
      stream,
      session,
      keys: [keys],
      from: { offset: 0 },
      onState: ({ connection }) => states.add(connection)
    });
    const count = 600;
    const before = network.connections();
    const publishing = (async () => {
      const published = [];
      for (let number = 0; number < count; number++) {
        published.push(publisher.publish({ json: { number } }));
        if (number % 50 === 0) await sleep(5);
        if (number % 120 === 119) network.cut();
      }
      return Promise.all(published);
    })();
    const received: { offset: number; number: number; verified: boolean }[] = [];
    for await (const { offset, content, verified } of subscription) {
      received.push({ offset, number: numberOf(content), verified });
      if (received.length === count) break;
    }
    const published = await publishing;
    await publisher.close();
    const expected = Array.from({ length: count }, (_, number) => ({ offset: number, number, verified: true }));
    expect(received).toEqual(expected);
    expect(published.map(({ offset }) => offset)).toEqual(expected.map(({ offset }) => offset));
    const stored = await readHistory({ market, stream, from: { last: 10 }, session, keys: [keys] });
    expect(stored.at(-1)?.offset).toBe(count - 1);
    expect(network.connections() - before).toBeGreaterThanOrEqual(4);
    expect([...states]).toEqual(expect.arrayContaining(['catching-up', 'live', 'reconnecting']));
  });

  it('says why the broker refuses an event, and goes on', async () => {
    const stream = await newStream('Refused');
    const foreign = privateKeySigner(localPrivateKey(2));
    const publisher = await createPublisher({ market, stream, signer: foreign, keys });
    const refused = publisher.publish({ json: { number: 1 } });
    await expect(refused).rejects.toThrow(MarketRefusedError);
    await expect(refused).rejects.toThrow(/does not hold the Write permission/);
    expect(publisher.waiting()).toBe(0);
    await publisher.close();
  });

  it('ends the iteration with the reason when the broker refuses a subscription', async () => {
    const stream = await newStream('One partition');
    const subscription = await subscribe({ market, stream, partition: 5, session, keys: [keys] });
    await expect(subscription[Symbol.asyncIterator]().next()).rejects.toThrow(/Partition 5 does not exist/);
  });

  it('holds a subscription back whose reader does not take events, and loses none', async () => {
    const stream = await newStream('Slow reader');
    const publisher = await createPublisher({ market, stream, signer, keys });
    const subscription = await subscribe({ market, stream, session, keys: [keys], from: { offset: 0 }, buffer: 20 });
    const count = 300;
    await Promise.all(Array.from({ length: count }, (_, number) => publisher.publish({ json: { number } })));
    await publisher.close();
    expect(subscription.state().positions.get(0)).toBeLessThan(count);
    const offsets: number[] = [];
    for await (const { offset } of subscription) {
      offsets.push(offset);
      if (offsets.length === count) break;
    }
    expect(offsets).toEqual(Array.from({ length: count }, (_, number) => number));
  });
});
