import type { Logger } from 'pino';
import type { StreamEvent } from '#sdk/protocol/event';
import type { ServerMessage } from '#sdk/protocol/messages';
import type { Problem } from '#sdk/protocol/problem';
import { VerificationMemory } from '#sdk/protocol/verification-memory';
import { problemOf } from '../http/problem-response.ts';
import type { Gate } from './accept.ts';
import type { RelayMetrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { EventStore } from './store/event-store.ts';

/** Per event in order: its offset, or why it was refused. */
export type PublishResults = Extract<ServerMessage, { type: 'acknowledged' }>['results'];

/** Events of one call that are examined at once, before others on the same event loop get their turn. */
const chunk = 64;

/**
 * What one sender publishes in order. Once one of its events could not be taken for the moment (status 503), nothing
 * that it sent behind that event is taken either: it sends all of it again, in its order, over a new connection or in a
 * new request.
 */
export class PublishLane {
  interruption: Problem | undefined;
}

/** What came of examining an event. */
type Examined = { readonly event: StreamEvent; readonly bytes: Uint8Array } | { readonly error: unknown };

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
   * Examines events, some at a time, and hands them to the log in their order. A refused event leaves the others alone.
   *
   * @param events Canonical encodings.
   * @param rate Of each publisher; its own signature counts, so that nobody can use up the rate of another one.
   * @param lane Of the sender, where it sends more than this.
   * @returns As soon as all are examined, with a promise of the results, which come once everything is durable.
   */
  async publish(
    events: readonly Uint8Array[],
    rate?: RateLimiter,
    lane = new PublishLane()
  ): Promise<{ results: Promise<PublishResults> }> {
    const results: Promise<PublishResults[number]>[] = [];
    // Of this call alone: what a contract says of a signature may be different a moment later.
    const memory = new VerificationMemory();
    let ahead: readonly Promise<Examined>[] = [];
    for (let from = 0; from < events.length; from += chunk) {
      const next = events.slice(from, from + chunk).map((bytes) => this.examine(bytes, memory));
      // While these are being examined, the ones before them go on.
      for (const examined of ahead) results.push(this.handOver(await examined, lane, rate));
      ahead = next;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    for (const examined of ahead) results.push(this.handOver(await examined, lane, rate));
    return { results: Promise.all(results) };
  }

  private async examine(bytes: Uint8Array, memory: VerificationMemory): Promise<Examined> {
    try {
      return { event: await this.gate.examine(bytes, memory), bytes };
    } catch (error) {
      return { error };
    }
  }

  /** Hands an event to the log, at once: what is handed over next comes behind it. */
  private async handOver(examined: Examined, lane: PublishLane, rate?: RateLimiter): Promise<PublishResults[number]> {
    if (lane.interruption !== undefined) return { problem: lane.interruption };
    try {
      if ('error' in examined) throw examined.error;
      rate?.take(examined.event.origin);
      const offset = await this.store.append(examined);
      this.metrics.accepted.inc();
      return { offset };
    } catch (error) {
      const refusal = this.refuse(error);
      if (refusal.problem.status === 503) lane.interruption ??= refusal.problem;
      return refusal;
    }
  }

  /** Puts a failure into words, and counts it. */
  refuse(error: unknown): { problem: Problem } {
    const problem = problemOf(error, this.logger);
    this.metrics.refused.inc({ reason: problem.type });
    return { problem };
  }
}
