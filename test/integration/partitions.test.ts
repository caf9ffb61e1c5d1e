import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import type { SessionKeeper } from '#sdk/actions/keep-session';
import { publish } from '#sdk/actions/publish';
import { readHistory } from '#sdk/actions/read-history';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { subscribe } from '#sdk/actions/subscribe';
import { partitionOf } from '#sdk/protocol/partition-key';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import { type CutProxy, startCutProxy } from '../cut-proxy.ts';
import { signInAs } from '../sign-in.ts';

const partitions = 300;
const keys = createStreamKeys();
const signer = privateKeySigner(localPrivateKey(1));

let running: BrokerMarket;
let broker: Broker;
let network: CutProxy;
let market: Market;
let session: SessionKeeper;
let stream: Address;

beforeAll(async () => {
  running = await startBrokerMarket(inject('databaseUrl'));
  broker = running.broker();
  await broker.start();
  network = await startCutProxy(broker.url);
  const { deployment, chain, actors } = running;
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
  stream = addressSchema.parse(await actors.createStream(actors.account(1), 'Fleet', { partitions }));
});

afterAll(async () => {
  await network.stop();
  await broker.stop();
  await running.stop();
});

interface Reading {
  readonly vehicle: string;
  readonly count: number;
}
const readingOf = (content: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(content)) as Reading;

it('keeps the order of each key, over all partitions in one call and a network that breaks', async () => {
  const vehicles = Array.from({ length: 40 }, (_, number) => `vehicle ${String(number)}`);
  const each = 15;
  const publisher = await createPublisher({ market, stream, signer, keys });
  const subscription = await subscribe({ market, stream, session, keys: [keys], from: { offset: 0 } });
  const publishing = (async () => {
    const published = [];
    for (let count = 0; count < each; count += 1) {
      for (const vehicle of vehicles) {
        published.push(publisher.publish({ json: { vehicle, count }, partitionKey: vehicle }));
      }
      await Promise.all(published);
      if (count % 5 === 3) network.cut();
    }
  })();
  const received: Reading[] = [];
  for await (const { event, content, verified } of subscription) {
    const reading = readingOf(content);
    expect([verified, event.partition]).toEqual([true, partitionOf(reading.vehicle, partitions)]);
    received.push(reading);
    if (received.length === vehicles.length * each) break;
  }
  await publishing;
  await publisher.close();
  const inOrder = Array.from({ length: each }, (_, count) => count);
  for (const vehicle of vehicles) {
    expect(received.filter((reading) => reading.vehicle === vehicle).map(({ count }) => count)).toEqual(inOrder);
  }
  const { positions } = subscription.state();
  expect([...positions.values()].reduce((sum, next) => sum + next, 0)).toBe(vehicles.length * each);

  const stored = await readHistory({ market, stream, session, keys: [keys], from: { offset: 0 } });
  expect(stored).toHaveLength(vehicles.length * each);
  for (const vehicle of vehicles) {
    const own = stored.map(({ content }) => readingOf(content)).filter((reading) => reading.vehicle === vehicle);
    expect(own.map(({ count }) => count)).toEqual(inOrder);
  }

  // Goes on where another program stopped.
  const next = await subscribe({ market, stream, session, keys: [keys], from: { positions } });
  const last = await publish({
    market,
    stream,
    signer,
    keys,
    content: { json: { vehicle: 'vehicle 0', count: each }, partitionKey: 'vehicle 0' }
  });
  expect(last.event.partition).toBe(partitionOf('vehicle 0', partitions));
  for await (const { offset, content } of next) {
    expect([offset, readingOf(content)]).toEqual([last.offset, { vehicle: 'vehicle 0', count: each }]);
    break;
  }
});
