import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { WebSocket } from 'ws';
import { z } from 'zod';

/** Milliseconds: of the handshake, between two signs of life, and of the waits before trying again. */
const handshakePatience = 5_000;
const pingInterval = 15_000;
const firstRetry = 1_000;
const longestRetry = 60_000;
/** Bytes of one message at most. */
const longestMessage = 1024 * 1024;

const notificationSchema = z.object({ method: z.literal('eth_subscription') });

export interface NewHeadsOptions {
  /** Where a node takes WebSockets, ws(s)://. */
  readonly url: string;
  /** Ends the subscription. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Called for every block that the node tells of, and once whenever the subscription begins. */
  onHead(): void;
}

/**
 * Subscribes to new heads (eth_subscribe) until told to stop, over and over. It only says that there is something to
 * look at: whoever follows a chain still looks by itself, so that a node that falls silent costs time and no block.
 */
export async function subscribeToHeads({ url, signal, logger, onHead }: NewHeadsOptions): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const began = await connection(url, signal, onHead);
    failures = began ? 0 : failures + 1;
    if (failures === 1) logger.debug({ node: new URL(url).host }, 'new heads are not told over a WebSocket');
    const wait = Math.min(longestRetry, firstRetry * 2 ** Math.min(failures, 10));
    await sleep(wait, undefined, { signal }).catch(() => undefined);
  }
}

/** One connection, until it ends. @returns whether a subscription began. */
function connection(url: string, signal: AbortSignal, onHead: () => void): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { handshakeTimeout: handshakePatience, maxPayload: longestMessage });
    let began = false;
    let alive = true;
    const end = () => {
      socket.terminate();
    };
    const ping = setInterval(() => {
      if (!alive) {
        end();
        return;
      }
      alive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, pingInterval);
    signal.addEventListener('abort', end);
    socket.on('open', () => {
      socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }));
    });
    socket.on('pong', () => (alive = true));
    socket.on('message', (data) => {
      alive = true;
      const message = parsed(data as Buffer);
      if (!began && z.object({ id: z.literal(1), result: z.string() }).safeParse(message).success) {
        began = true;
        onHead();
      } else if (notificationSchema.safeParse(message).success) onHead();
    });
    // 'close' follows
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(ping);
      signal.removeEventListener('abort', end);
      resolve(began);
    });
  });
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    // no JSON is no message of ours
    return null;
  }
}

/** Where the nodes may take WebSockets: those that are configured so, and a node on this machine at the same port. */
export function headSources(urls: readonly string[]): string[] {
  return urls.flatMap((url) => {
    if (url.startsWith('ws')) return [url];
    const local = ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
    return local ? [url.replace(/^http/, 'ws')] : [];
  });
}
