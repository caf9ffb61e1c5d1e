import type { Logger } from 'pino';
import type { ServerMessage } from '#sdk/protocol/messages';
import { VerificationMemory } from '#sdk/protocol/verification-memory';
import { problemOf } from '../http/problem-response.ts';
import type { Gate } from './accept.ts';
import type { RelayMetrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { EventStore } from './store/event-store.ts';

/** Per event in order: its offset, or why it was refused. */
export type PublishResults = Extract<ServerMessage, { type: 'acknowledged' }>['results'];

/** Events examined before others on the same event loop get their turn: some 2 ms. */
const chunk = 32;

/** Takes events through the gate into the log. */
export class Publisher {
  private readonly gate: Gate;
  private readonly store: EventStore;
  private readonly metrics: RelayMetrics;
  private readonly logger: Logger;

  constructor(parts: { gate: Gate; store: EventStore; metrics: RelayMetrics; logger: Logger }) {
    this.gate = parts.gate;
    this.store = parts.store;
    this.metrics = parts.metrics;
    this.logger = parts.logger;
  }

  /**
   * Examines events one after the other and hands them to the log in this order. A refused event leaves the others
   * alone.
   *
   * @param events Canonical encodings.
   * @param rate Of each publisher; its own signature counts, so that nobody can use up the rate of another one.
   * @returns As soon as all are examined, with a promise of the results, which come once everything is durable.
   */
  async publish(events: readonly Uint8Array[], rate?: RateLimiter): Promise<{ results: Promise<PublishResults> }> {
    const results: Promise<PublishResults[number]>[] = [];
    // Of this call alone: what a contract says of a signature may be different a moment later.
    const memory = new VerificationMemory();
    for (const [place, bytes] of events.entries()) {
      if (place % chunk === chunk - 1) await new Promise<void>((resolve) => setImmediate(resolve));
      try {
        const event = await this.gate.examine(bytes, memory);
        rate?.take(event.origin);
        results.push(
          this.store.append({ event, bytes }).then(
            (offset) => {
              this.metrics.accepted.inc();
              return { offset };
            },
            (error: unknown) => this.refuse(error)
          )
        );
      } catch (error) {
        results.push(Promise.resolve(this.refuse(error)));
      }
    }
    return { results: Promise.all(results) };
  }

  /** Puts a failure into words, and counts it. */
  refuse(error: unknown): PublishResults[number] {
    const problem = problemOf(error, this.logger);
    this.metrics.refused.inc({ reason: problem.type });
    return { problem };
  }
}
