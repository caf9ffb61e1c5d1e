import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appendEvent } from '../../broker/relay/store/conformance.ts';
import { JetStreamEventStore } from '../../broker/relay/store/jetstream/jetstream-event-store.ts';
import { NatsLink } from '../../broker/relay/store/jetstream/nats-link.ts';
import { freePorts } from '../../scripts/start/ports.ts';
import { type NatsServer, natsServerMissing, startNatsServer } from '../nats-server.ts';
import { decodeEvent } from '#sdk/protocol/event-encoding';
import type { StreamEvent } from '#sdk/protocol/event';
import { TributaryError } from '#sdk/protocol/problem';

const place = { stream: `0x${'07'.repeat(20)}`, partition: 0 } as const;
const logger = pino({ level: 'silent' });
const missing = natsServerMissing();
if (missing !== null) console.warn(missing);

describe.skipIf(missing !== null)('events in a cluster of three NATS servers', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-cluster-'));
  const servers: NatsServer[] = [];
  const links: NatsLink[] = [];
  const stores: JetStreamEventStore[] = [];

  /** Does it again while the store is away. */
  async function insist<T>(action: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        if (!(error instanceof TributaryError) || error.status !== 503) throw error;
        await sleep(50);
      }
    }
  }

  beforeAll(async () => {
    const ports = await freePorts(6);
    const routes = ports.slice(3);
    servers.push(
      ...(await Promise.all(
        routes.map((port, index) =>
          startNatsServer({
            directory: join(directory, String(index)),
            port: ports[index] ?? 0,
            cluster: { name: `server-${String(index)}`, port, ports: routes }
          })
        )
      ))
    );
    const urls = servers.map((server) => server.url);
    // Each broker begins at another server.
    for (const url of [urls.join(','), urls.toReversed().join(',')]) {
      const nats = new NatsLink(url, undefined, logger);
      links.push(nats);
      const store = new JetStreamEventStore({
        nats,
        genesisHash: `0x${'ab'.repeat(32)}`,
        replicas: 3,
        clock: Date.now,
        logger,
        mostWaiting: 2 ** 28
      });
      stores.push(store);
      await insist(() => store.prepare());
    }
  });

  afterAll(async () => {
    for (const store of stores) await store.stop();
    for (const nats of links) await nats.stop();
    for (const server of servers) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  it('are all there, once and in order, after one of the servers died for good', async () => {
    const begin = Date.now();
    const acknowledged = new Map<number, number>();
    let sequence = 0;
    let over = false;
    const append = async (store: JetStreamEventStore): Promise<void> => {
      const event: StreamEvent = {
        version: 1,
        ...place,
        timestamp: begin + sequence,
        sequence: sequence++,
        contentType: 'text/plain',
        encryptionType: 'none',
        era: 0,
        slot: 0,
        content: new Uint8Array(200),
        originType: 'address',
        origin: `0x${'0a'.repeat(20)}`,
        signatureType: 'secp256k1',
        signature: new Uint8Array(65).fill(1)
      };
      acknowledged.set(event.sequence, await insist(() => appendEvent(store, event)));
    };
    const publishing = stores.map(async (store) => {
      while (!over) await Promise.all(Array.from({ length: 25 }, () => append(store)));
    });
    await expect.poll(() => acknowledged.size, { timeout: 30_000 }).toBeGreaterThan(300);
    // The one that leads the partition: it alone knew what comes next.
    const { manager } = await (links[0] as NatsLink).open();
    const [name = ''] = await manager.streams.names(`tributary.*.event.${place.stream}.>`).next();
    const leader = (await manager.streams.info(name)).cluster?.leader ?? '';
    await servers[Number(leader.at(-1))]?.kill();
    const before = acknowledged.size;
    await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(before + 300);
    over = true;
    await Promise.all(publishing);

    const stored = new Map<number, number>();
    for (let next = 0; ;) {
      const page = await insist(() => (stores[1] as JetStreamEventStore).page(place, next));
      if (page.length === 0) break;
      for (const { offset, bytes } of page) {
        expect(offset).toBe(next++);
        stored.set(decodeEvent(bytes).sequence, offset);
      }
    }
    expect(stored).toEqual(acknowledged);
  });
});
