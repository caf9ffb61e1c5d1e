/**
 * The least that a server can do to hand events to many: `ws` and nothing else. Sends the same frames to every socket
 * when it is told to. Started by the bench of the broker.
 */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import { encodeEventFrame } from '#sdk/protocol/frame';

const taskSchema = z.object({ events: z.int(), perFrame: z.int(), bytes: z.int() });

const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
server.once('listening', () => {
  process.send?.({ type: 'listening', port: (server.address() as AddressInfo).port });
});

process.on('message', (message) => {
  const { events, perFrame, bytes } = taskSchema.parse(message);
  process.send?.({ type: 'began', at: performance.timeOrigin + performance.now() });
  const send = (sent: number): void => {
    if (sent >= events) return;
    const records = Array.from({ length: perFrame }, (_, place) => ({
      offset: sent + place,
      bytes: randomBytes(bytes)
    }));
    const frame = encodeEventFrame(records);
    for (const socket of server.clients) socket.send(frame);
    // What was written is sent before more is written, as a broker's turns would have it.
    setImmediate(() => send(sent + perFrame));
  };
  send(0);
});
