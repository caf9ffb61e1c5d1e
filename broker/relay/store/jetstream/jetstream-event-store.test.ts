import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { it } from 'vitest';
import { natsServerMissing, startNatsServer } from '../../../../test/nats-server.ts';
import { describeEventStore } from '../conformance.ts';
import { JetStreamEventStore } from './jetstream-event-store.ts';
import { NatsLink } from './nats-link.ts';

const missing = natsServerMissing();
if (missing === null) {
  describeEventStore('events in JetStream', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'tributary-nats-'));
    const server = await startNatsServer({ directory });
    const logger = pino({ level: 'silent' });
    const links: NatsLink[] = [];
    return {
      open: async ({ clock, mostWaiting }) => {
        // Every broker has a connection of its own.
        const nats = new NatsLink(server.url, undefined, logger);
        links.push(nats);
        const store = new JetStreamEventStore({
          nats,
          genesisHash: `0x${'ab'.repeat(32)}`,
          replicas: 1,
          monitoringUrl: server.monitoringUrl,
          clock,
          logger,
          mostWaiting
        });
        await store.prepare();
        return store;
      },
      close: async () => {
        await Promise.all(links.map((nats) => nats.stop()));
        await server.stop();
        rmSync(directory, { recursive: true, force: true });
      }
    };
  });
} else {
  console.warn(missing);
  it.skip('events in JetStream', () => undefined);
}
