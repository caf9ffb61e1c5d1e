import { WebSocket } from 'ws';
import { z } from 'zod';
import { SourceSilentError } from './feed.ts';
import type { Content, Feed } from './feed.ts';
import { paced } from './paced.ts';

/** A trade of Coinbase's public channel "matches": https://docs.cdp.coinbase.com/exchange/websocket-feed/channels. */
const tradeSchema = z.object({
  type: z.literal('match'),
  trade_id: z.int(),
  side: z.enum(['buy', 'sell']),
  size: z.string().max(40),
  price: z.string().max(40),
  product_id: z.string().max(20),
  time: z.iso.datetime()
});

const silence = 60_000;

/**
 * Public trades of a crypto exchange, by its WebSocket.
 *
 * @param url The exchange's feed.
 * @param pairs What is traded, such as "BTC-USD".
 * @param timeout Milliseconds within which the first trade must come.
 */
export function exchangeTrades(url: string, pairs: readonly string[], timeout: number): Feed {
  const listen = (onTrade: (content: Content) => void, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const socket = new WebSocket(url, { handshakeTimeout: timeout, maxPayload: 1024 * 1024 });
      const fail = (reason: string, cause?: unknown) => {
        clearTimeout(timer);
        reject(new SourceSilentError(url, reason, cause));
        socket.terminate();
      };
      let timer = setTimeout(fail, timeout, 'no trade in time');
      signal.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
          socket.terminate();
        },
        { once: true }
      );
      socket.on('open', () => {
        socket.send(JSON.stringify({ type: 'subscribe', product_ids: pairs, channels: ['matches'] }));
      });
      socket.on('message', (data: Buffer) => {
        const content = contentOf(data.toString('utf8'));
        if (content === undefined) return;
        clearTimeout(timer);
        timer = setTimeout(fail, silence, 'no trade for a minute');
        onTrade(content);
      });
      socket.on('error', (error) => {
        fail(error.message, error);
      });
      socket.on('close', () => {
        fail('the connection ended');
      });
    });
  return {
    sample: async (signal) => {
      const contents: Content[] = [];
      const enough = new AbortController();
      await listen(
        (content) => {
          contents.push(content);
          if (contents.length >= 3) enough.abort();
        },
        AbortSignal.any([signal, enough.signal])
      );
      return contents;
    },
    run: (emit, signal) => listen(paced(4, emit), signal)
  };
}

function contentOf(text: string): Content | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Only trades are of interest.
    return undefined;
  }
  const { data: trade } = tradeSchema.safeParse(value);
  if (trade === undefined) return undefined;
  return {
    pair: trade.product_id,
    price: Number(trade.price),
    size: Number(trade.size),
    // The exchange names the side of the order that was waiting; the taker stood on the other.
    taker: trade.side === 'buy' ? 'sell' : 'buy',
    trade: trade.trade_id,
    tradedAt: trade.time
  };
}
