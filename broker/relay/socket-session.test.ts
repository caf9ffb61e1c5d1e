import { EventEmitter } from 'node:events';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { defaultLimits } from './limits.ts';
import { RelayMetrics } from './metrics.ts';
import { type SessionParts, SocketSession } from './socket-session.ts';
import type { LogRecord, PartitionPlace } from './store/event-store.ts';

/** The server's side of a connection whose client takes what it gets only when `take` is called. */
class SlowSocket extends EventEmitter {
  readonly readyState = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  readonly isPaused = false;
  readonly frames: (() => void)[] = [];
  readonly texts: string[] = [];

  send(data: Uint8Array | string, taken?: () => void): void {
    if (typeof data === 'string') this.texts.push(data);
    else if (taken !== undefined) this.frames.push(taken);
  }

  pause(): void {
    // Nothing is read from it here.
  }

  resume(): void {
    // Nothing is read from it here.
  }
}

it('holds one page of history for a client that does not read, however many subscriptions it has', async () => {
  let pages = 0;
  const head = 3;
  const parts = {
    distributor: { fanOut: () => Promise.resolve({ head, add: () => undefined, remove: () => undefined }) },
    store: {
      span: () => Promise.resolve({ first: 0, next: head }),
      page: (_place: PartitionPlace, from: number): Promise<LogRecord[]> => {
        pages += 1;
        return Promise.resolve([{ offset: from, bytes: new Uint8Array(1_000) }]);
      }
    },
    readers: {
      watch: () => () => undefined,
      rightOf: () => Promise.resolve({ until: Number.POSITIVE_INFINITY, everyone: true, live: true })
    },
    limits: defaultLimits,
    metrics: new RelayMetrics(new Registry()),
    logger: pino({ level: 'silent' })
  } as unknown as SessionParts;
  const socket = new SlowSocket();
  new SocketSession(socket as unknown as WebSocket, parts, { nonce: 'nonce', domain: 'market', chainId: 1 });
  const subscriptions = 20;
  for (let id = 0; id < subscriptions; id += 1) {
    const stream = `0x${'ab'.repeat(20)}`;
    const message = { type: 'subscribe', id, stream, partition: id, from: { offset: 0 } };
    socket.emit('message', Buffer.from(JSON.stringify(message)), false);
  }
  const told = (type: string) => socket.texts.filter((text) => text.includes(`"type":"${type}"`)).length;
  await expect.poll(() => told('subscribed')).toBe(subscriptions);
  await expect.poll(() => socket.frames.length).toBe(1);
  expect(pages).toBe(1);
  // As the client reads, every subscription gets its history and goes live.
  await expect
    .poll(
      () => {
        socket.frames.shift()?.();
        return told('live');
      },
      { interval: 1, timeout: 10_000 }
    )
    .toBe(subscriptions);
  expect(pages).toBe(subscriptions * head);
});
