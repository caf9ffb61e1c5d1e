import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Market, openMarket } from '#sdk/actions/connect-market';
import { createPublisher } from '#sdk/actions/create-publisher';
import { readHistory } from '#sdk/actions/read-history';
import { neverEnds } from '#sdk/actions/set-stream-permission';
import { createStreamKeys } from '#sdk/actions/stream-keys';
import { permissionNumber } from '#sdk/actions/stream-permission';
import { subscribe } from '#sdk/actions/subscribe';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { privateKeySigner } from '#sdk/protocol/signature';
import type { Broker } from '../../broker/broker.ts';
import { localPrivateKey } from '../../scripts/start/accounts.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import { signInAs } from '../sign-in.ts';

const keys = createStreamKeys();
/** The stream's owner and two who may write: places of one origin would be the same ones. */
const signers = [1, 2, 3].map((account) => privateKeySigner(localPrivateKey(account)));
const perPublisher = 200;

describe('three brokers on one Postgres', () => {
  let running: BrokerMarket;
  /** The first one is a process of its own, so that it can be killed. */
  let doomed: ChildProcess | undefined;
  const others: Broker[] = [];
  let urls: string[];
  let stream: Address;

  beforeAll(async () => {
    running = await startBrokerMarket(inject('databaseUrl'));
    writeFileSync(join(running.directory, 'deployment.json'), JSON.stringify(running.deployment));
    const doomedUrl = `http://127.0.0.1:${running.environment['BROKER_PORT'] ?? ''}`;
    doomed = spawn(process.execPath, ['--import', 'tsx', 'broker/main.ts'], {
      env: { ...process.env, ...running.environment },
      stdio: ['ignore', 'ignore', 'inherit']
    });
    while ((await fetch(`${doomedUrl}/ready`).catch(() => null))?.status !== 200) await sleep(50);
    for (let count = 0; count < 2; count += 1) {
      const broker = running.broker();
      await broker.start();
      others.push(broker);
    }
    urls = [doomedUrl, ...others.map((broker) => broker.url)];
    stream = addressSchema.parse(await running.actors.createStream(running.actors.account(1), 'Carried by three'));
    for (const account of [2, 3]) {
      const writer = running.actors.account(account).address;
      await running.actors.onStream(running.actors.account(1), stream, 'setPermission', [
        writer,
        permissionNumber.write,
        neverEnds
      ]);
    }
  });

  afterAll(async () => {
    doomed?.kill('SIGKILL');
    for (const broker of others) await broker.stop();
    await running.stop();
  });

  /** The market as a client sees it that begins at one of the brokers. */
  function marketFrom(first: number): Market {
    const { deployment, chain } = running;
    const order = urls.map((_, place) => urls[(first + place) % urls.length] ?? '');
    const [brokerUrl = '', ...otherBrokerUrls] = order;
    const { chainId } = deployment;
    const document = { chainId, rpcUrl: chain.url, deployment, marketUrl: brokerUrl, local: true };
    return openMarket({ ...document, brokerUrl, otherBrokerUrls }, { baseUrl: brokerUrl, webSocket: WebSocket });
  }

  it('give every subscriber the same order without gap or double, though one is killed meanwhile', async () => {
    const total = 3 * perPublisher;
    const domain = new URL(running.configuration.PUBLIC_URL).host;
    const seen = await Promise.all(
      urls.map(async (_, place) => {
        const market = marketFrom(place);
        const session = signInAs(market, 1, domain);
        const subscription = await subscribe({ market, stream, session, keys: [keys], from: { offset: 0 } });
        const events: [offset: number, text: string][] = [];
        const done = (async () => {
          for await (const { offset, content, verified } of subscription) {
            expect(verified).toBe(true);
            events.push([offset, new TextDecoder().decode(content)]);
            if (events.length === total) break;
          }
        })();
        await expect.poll(() => subscription.state().connection, { timeout: 20_000 }).toBe('live');
        return { events, done, market };
      })
    );
    // Everybody is at the broker of its choice.
    expect(seen.map(({ market }) => market.brokers.current())).toEqual(urls);

    const publishers = await Promise.all(
      signers.map((signer, place) => createPublisher({ market: marketFrom(place), stream, signer, keys }))
    );
    const acknowledged = publishers.map(() => new Map<string, number>());
    const publishing = publishers.map(async (publisher, place) => {
      const sent: Promise<void>[] = [];
      for (let number = 0; number < perPublisher; number += 1) {
        const json = { from: place, number };
        sent.push(
          publisher.publish({ json }).then(({ offset }) => {
            acknowledged[place]?.set(JSON.stringify(json), offset);
          })
        );
        if (number % 10 === 0) await sleep(10);
        if (place === 0 && number === perPublisher / 2) doomed?.kill('SIGKILL');
      }
      await Promise.all(sent);
    });
    await Promise.all(publishing);
    await Promise.all(seen.map(({ done }) => done));
    for (const publisher of publishers) await publisher.close();

    const [first, ...rest] = seen.map(({ events }) => events);
    expect(first?.map(([offset]) => offset)).toEqual(Array.from({ length: total }, (_, offset) => offset));
    for (const events of rest) expect(events).toEqual(first);
    const order = new Map(first?.map(([offset, text]) => [text, offset]));
    for (const [place, offsets] of acknowledged.entries()) {
      expect(offsets.size).toBe(perPublisher);
      for (const [text, offset] of offsets) expect(order.get(text)).toBe(offset);
      // What one publisher sent stays in the order in which it sent it.
      const own = first?.map(([, text]) => JSON.parse(text) as { from: number; number: number });
      const numbers = own?.filter(({ from }) => from === place).map(({ number }) => number);
      expect(numbers).toEqual(Array.from({ length: perPublisher }, (_, number) => number));
    }
    // Whoever was at the one that died goes on elsewhere, over HTTP too.
    expect(seen[0]?.market.brokers.current()).not.toBe(urls[0]);
    const market = marketFrom(0);
    const history = await readHistory({
      market,
      stream,
      from: { last: 5 },
      session: signInAs(market, 1, domain),
      keys: [keys]
    });
    expect(history.map(({ offset }) => offset)).toEqual([5, 4, 3, 2, 1].map((back) => total - back));
  });
});
