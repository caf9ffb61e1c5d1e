import type { Rate } from './rate-limit.ts';

/** Bounds of what one broker takes from one client; nobody else feels a client that reaches them. */
export interface RelayLimits {
  /** Bytes of one WebSocket message or HTTP body. */
  readonly message: number;
  /** Bytes of one text message. */
  readonly text: number;
  /** Events in one publish frame or request. */
  readonly eventsPerFrame: number;
  /** Messages per second of one socket; above it the socket is read more slowly. */
  readonly messagesPerSecond: number;
  /** Messages that make no sense before the socket is closed. */
  readonly rubbish: number;
  readonly subscriptionsPerSocket: number;
  readonly subscriptionsWithoutSession: number;
  /** Sockets of one network address; programs on the broker's own machine count together. */
  readonly socketsPerAddress: number;
  readonly sockets: number;
  /** Bytes published by one socket and not yet acknowledged; above it the socket is not read. */
  readonly unacknowledged: number;
  /** Bytes waiting for all commits together; above it publishing is refused for a moment. */
  readonly waiting: number;
  /** Bytes sent to a socket and not yet taken by it: first told, then cut. */
  readonly slowAt: number;
  readonly cutAt: number;
  /** Milliseconds between pings; a socket that missed one is cut. */
  readonly heartbeat: number;
  /** Milliseconds and events after which what was stored is sent on. */
  readonly fanOutDelay: number;
  readonly fanOutEvents: number;
  /** Threads that check signatures; with 0 the event loop does. A process of its own takes one per processor. */
  readonly signatureThreads: number;
  /** Requests of one network address that publish over HTTP. */
  readonly requestRate: Rate;
  /** Events of one publisher over HTTP, counted once its signature is known to be its own. */
  readonly eventRate: Rate;
}

export const defaultLimits: RelayLimits = {
  message: 4 * 1024 * 1024,
  text: 32 * 1024,
  eventsPerFrame: 4_096,
  messagesPerSecond: 500,
  rubbish: 5,
  subscriptionsPerSocket: 2_048,
  subscriptionsWithoutSession: 1_024,
  socketsPerAddress: 2_048,
  sockets: 20_000,
  unacknowledged: 16 * 1024 * 1024,
  waiting: 256 * 1024 * 1024,
  slowAt: 4 * 1024 * 1024,
  cutAt: 16 * 1024 * 1024,
  heartbeat: 20_000,
  fanOutDelay: 4,
  fanOutEvents: 100,
  signatureThreads: 0,
  requestRate: { burst: 600, perSecond: 100 },
  eventRate: { burst: 20_000, perSecond: 2_000 }
};
