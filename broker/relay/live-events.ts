import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { eventToJson } from '#sdk/protocol/event-json';
import { decodeEventFrame } from '#sdk/protocol/frame';
import type { ServerMessage } from '#sdk/protocol/messages';
import type { Address } from '#sdk/protocol/primitives';
import { problemOf } from '../http/problem-response.ts';
import type { RelayLimits } from './limits.ts';
import type { RelayMetrics } from './metrics.ts';
import { ReaderTooSlowError } from './refusals.ts';
import type { SessionHolder } from './sessions.ts';
import { type Outlet, Subscription, type SubscriptionParts } from './subscription.ts';

/** Milliseconds after which a client comes back when the answer broke off. */
const comeBackAfter = 1_000;
/** Milliseconds that a client gets to take its last words. */
const lastWords = 5_000;

/** Per partition the offset that comes next: what a client names to go on without gaps and doubles. */
export type Positions = Map<number, number>;

export interface LiveEventsParts extends SubscriptionParts {
  readonly limits: RelayLimits;
  readonly metrics: RelayMetrics;
  readonly logger: Logger;
}

/** Writes positions as the id of a server-sent event: "0:17,3:4". */
export function writePositions(positions: Positions): string {
  return [...positions].map(([partition, next]) => `${String(partition)}:${String(next)}`).join(',');
}

/** Reads what {@link writePositions} wrote; null where it is anything else. */
export function readPositions(text: string): Positions | null {
  const positions: Positions = new Map();
  for (const part of text.split(',')) {
    const [, partition, next] = /^(\d{1,4}):(\d{1,16})$/.exec(part) ?? [];
    if (partition === undefined || next === undefined || !Number.isSafeInteger(Number(next))) return null;
    if (positions.has(Number(partition))) return null;
    positions.set(Number(partition), Number(next));
  }
  return positions;
}

/**
 * The events of some partitions of one stream as server-sent events (WHATWG HTML, 9.2), from the given positions on
 * and then live: for those who have no WebSocket.
 */
export class LiveEvents {
  private readonly parts: LiveEventsParts;
  private readonly response: ServerResponse;
  private readonly positions: Positions;
  private readonly subscriptions: Subscription[] = [];
  private history: Promise<void> = Promise.resolve();
  private readonly timer: NodeJS.Timeout;
  private closing: NodeJS.Timeout | undefined;
  private toldSlow = false;

  /**
   * @param positions Of every partition that is wanted: offsets at most at its head.
   * @param response Headers are written already.
   * @param session Who asks; null for somebody who is not known.
   */
  constructor(
    parts: LiveEventsParts,
    response: ServerResponse,
    stream: Address,
    positions: Positions,
    session: SessionHolder | null
  ) {
    this.parts = parts;
    this.response = response;
    this.positions = positions;
    this.timer = setInterval(() => this.write(': still here\n\n'), parts.limits.heartbeat);
    response.on('close', () => this.end());
    // What follows an error is 'close'.
    response.on('error', (error) => parts.logger.debug({ reason: error.message }, 'a reader of live events failed'));
    this.write(`retry: ${String(comeBackAfter)}\nid: ${writePositions(positions)}\nevent: subscribed\ndata: {}\n\n`);
    for (const [partition, next] of positions) this.subscribe(stream, partition, next, session);
  }

  /** Says goodbye; the client comes back with the id of the last event that it got. */
  stop(): void {
    if (this.closing !== undefined) return;
    this.endSubscriptions();
    this.closing = setTimeout(() => this.response.destroy(), lastWords);
    this.response.end();
  }

  private subscribe(stream: Address, partition: number, offset: number, session: SessionHolder | null): void {
    const request = { type: 'subscribe', id: partition, stream, partition, from: { offset } } as const;
    const subscription = new Subscription(this.parts, this.outlet(partition), request, session);
    this.subscriptions.push(subscription);
    this.parts.metrics.subscriptions.inc();
    subscription.run().catch((error: unknown) => {
      this.tell('problem', problemOf(error, this.parts.logger));
      this.stop();
    });
  }

  /** Where one partition's messages go. */
  private outlet(partition: number): Outlet {
    return {
      send: (message) => this.pass(message, partition),
      refuse: (_, error) => {
        this.tell('problem', error.toProblem());
        this.stop();
      },
      sendLive: (frame, events) => {
        this.deliver(frame, partition);
        this.parts.metrics.delivered.inc(events);
        this.watchBuffer();
      },
      sendHistory: async (frame, events) => {
        this.deliver(frame, partition);
        this.parts.metrics.delivered.inc(events);
        await this.drained();
      },
      inTurn: (work) => {
        const done = this.history.then(work);
        this.history = done.catch(() => undefined);
        return done;
      }
    };
  }

  private pass(message: ServerMessage, partition: number): void {
    if (message.type === 'removed') this.tell('removed', { partition, from: message.from, first: message.first });
    if (message.type === 'live') this.tell('live', { partition, next: message.next });
  }

  private deliver(frame: Uint8Array, partition: number): void {
    if (this.closing !== undefined || this.response.destroyed) return;
    let text = '';
    for (const { offset, event } of decodeEventFrame(frame)) {
      this.positions.set(partition, offset + 1);
      const data = JSON.stringify({ partition, offset, event: eventToJson(event) });
      text += `id: ${writePositions(this.positions)}\ndata: ${data}\n\n`;
    }
    this.write(text);
  }

  private tell(event: string, data: object): void {
    this.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  private write(text: string): void {
    if (this.closing === undefined && !this.response.destroyed) this.response.write(text);
  }

  /** Resolves when history that was written is on its way, or the client gone. */
  private drained(): Promise<void> {
    const { response } = this;
    if (!response.writableNeedDrain || response.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      response.on('drain', done);
      response.on('close', done);
    });
  }

  private watchBuffer(): void {
    const { slowAt, cutAt } = this.parts.limits;
    const buffered = this.response.writableLength;
    if (buffered < slowAt / 2) this.toldSlow = false;
    if (buffered >= cutAt) {
      if (this.closing !== undefined) return;
      this.parts.metrics.cut.inc({ reason: 'slow' });
      this.tell('problem', new ReaderTooSlowError().toProblem());
      this.stop();
    } else if (buffered >= slowAt && !this.toldSlow) {
      this.toldSlow = true;
      this.tell('slow', { buffered, limit: cutAt });
    }
  }

  private end(): void {
    clearInterval(this.timer);
    clearTimeout(this.closing);
    this.endSubscriptions();
  }

  private endSubscriptions(): void {
    for (const subscription of this.subscriptions.splice(0)) {
      subscription.end();
      this.parts.metrics.subscriptions.dec();
    }
  }
}
