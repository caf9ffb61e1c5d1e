import type { z } from 'zod';
import { serverMessageSchema } from '../protocol/messages.ts';
import type { ServerMessage, clientMessageSchema } from '../protocol/messages.ts';
import type { Market } from './connect-market.ts';
import { WebSocketMissingError } from './market-errors.ts';
import type { WebSocketConnection } from './platform.ts';

/** How a connection to the broker stands. */
export type ConnectionState = 'connecting' | 'open' | 'reconnecting' | 'closed';

export interface BrokerConnectionParameters {
  readonly market: Market;
  /** The broker said hello; whatever was asked on an earlier connection has to be asked again. */
  readonly onOpen: () => void;
  readonly onMessage: (message: ServerMessage) => void;
  readonly onFrame: (bytes: Uint8Array) => void;
  readonly onState?: (state: ConnectionState) => void;
}

export interface BrokerConnection {
  readonly state: () => ConnectionState;
  /** Bytes that wait to be sent. */
  readonly buffered: () => number;
  /** Whether it was handed to the connection; false while there is none. */
  send(message: ClientMessageInput | Uint8Array): boolean;
  /** Gives the present connection up and makes another. */
  reconnect(): void;
  /** Ends for good. */
  close(): void;
}
export type ClientMessageInput = z.input<typeof clientMessageSchema>;

const firstDelay = 250;
const longestDelay = 10_000;
/** Milliseconds within which the broker must say hello. */
const helloTimeout = 10_000;

/**
 * Keeps a WebSocket to a broker of the market: connects, and connects again with growing delays (a quarter of a second
 * to ten, each varied by half so that not all come back at once) until it is closed; at the next broker where the market
 * has several, and without growing before each was tried.
 *
 * @throws {@link WebSocketMissingError}
 */
export function connectBroker(parameters: BrokerConnectionParameters): BrokerConnection {
  const { market, onOpen, onMessage, onFrame, onState } = parameters;
  const { webSocket: WebSocket, brokers } = market;
  if (WebSocket === undefined) throw new WebSocketMissingError();
  let state: ConnectionState = 'connecting';
  let socket: WebSocketConnection | undefined;
  let address = brokers.current();
  let attempts = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const enter = (next: ConnectionState) => {
    if (state === next || state === 'closed') return;
    state = next;
    onState?.(next);
  };

  const lose = (lost: WebSocketConnection | undefined) => {
    if (lost !== socket || state === 'closed') return;
    socket = undefined;
    clearTimeout(timer);
    enter('reconnecting');
    brokers.failed(address);
    const delay = Math.min(longestDelay, firstDelay * 2 ** Math.floor(attempts++ / brokers.count));
    timer = setTimeout(open, delay * (0.75 + Math.random() / 2));
  };

  const receive = (from: WebSocketConnection, data: unknown) => {
    if (from !== socket) return;
    if (typeof data !== 'string') {
      if (data instanceof ArrayBuffer) onFrame(new Uint8Array(data));
      return;
    }
    const message = parseMessage(data);
    // A message that this version does not know is for a later one.
    if (message === undefined) return;
    if (message.type === 'challenge') {
      clearTimeout(timer);
      attempts = 0;
      enter('open');
      onOpen();
    }
    onMessage(message);
  };

  function open(): void {
    address = brokers.current();
    const url = `${address.replace(/^http/, 'ws')}/v1/ws`;
    const fresh = new (WebSocket as NonNullable<typeof WebSocket>)(url);
    socket = fresh;
    fresh.binaryType = 'arraybuffer';
    fresh.addEventListener('message', ({ data }) => {
      receive(fresh, data);
    });
    fresh.addEventListener('close', () => {
      lose(fresh);
    });
    // An error is followed by close; without a listener some platforms end the program.
    fresh.addEventListener('error', () => undefined);
    timer = setTimeout(() => {
      abandon(fresh);
    }, helloTimeout);
  }

  const abandon = (given: WebSocketConnection | undefined) => {
    given?.close();
    lose(given);
  };

  open();
  return {
    state: () => state,
    buffered: () => socket?.bufferedAmount ?? 0,
    send: (message) => {
      if (state !== 'open' || socket === undefined) return false;
      socket.send(message instanceof Uint8Array ? message : JSON.stringify(message));
      return true;
    },
    reconnect: () => {
      if (socket !== undefined) abandon(socket);
    },
    close: () => {
      clearTimeout(timer);
      enter('closed');
      socket?.close(1000);
      socket = undefined;
    }
  };
}

function parseMessage(text: string): ServerMessage | undefined {
  try {
    return serverMessageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
