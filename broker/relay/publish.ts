import type { Logger } from 'pino';
import type { ServerMessage } from '#sdk/protocol/messages';
import type { Problem } from '#sdk/protocol/problem';
import { problemOf } from '../http/problem-response.ts';
import type { Examined, Gate } from './accept.ts';
import type { RelayMetrics } from './metrics.ts';
import type { RateLimiter } from './rate-limit.ts';
import type { AppendOutcome, Entry, EventStore } from './store/event-store.ts';

/** Per event in order: its offset, or why it was refused. */
export type PublishResults = Extract<ServerMessage, { type: 'acknowledged' }>['results'];

/**
 * What one sender publishes in order. Once one of its events could not be taken for the moment (status 503), nothing
 * that it sent behind that event is taken either: it sends all of it again, in its order, over a new connection or in a
 * new request.
 */
export class PublishLane {
  interruption: Problem | undefined;
}

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
    const results: Promise<PublishResults>[] = [];
    let ahead: Promise<readonly Examined[]> = Promise.resolve([]);
    for (const next of this.gate.examine(events)) {
      // While these are being examined, the ones before them go on.
      results.push(this.handOver(await ahead, lane, rate));
      ahead = next;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    results.push(this.handOver(await ahead, lane, rate));
    return { results: Promise.all(results).then((parts) => parts.flat()) };
  }

  /** Hands events to the log, at once: what is handed over next comes behind them. */
  private async handOver(
    examined: readonly Examined[],
    lane: PublishLane,
    rate: RateLimiter | undefined
  ): Promise<PublishResults> {
    const refusals = examined.map((one) => this.refusalOf(one, lane, rate));
    const entries = examined.filter((one, place): one is Entry => refusals[place] === null && 'event' in one);
    if (entries.length === 0) return refusals.filter((refusal) => refusal !== null);
    const stored = (await this.store.append(entries)).values();
    return refusals.map((refusal) => refusal ?? this.answerTo(stored.next().value, lane));
  }

  /** Why an event is not handed to the log; null where it is. */
  private refusalOf(examined: Examined, lane: PublishLane, rate: RateLimiter | undefined): { problem: Problem } | null {
    if (lane.interruption !== undefined) return { problem: lane.interruption };
    try {
      if ('error' in examined) throw examined.error;
      rate?.take(examined.event.origin);
      return null;
    } catch (error) {
      return this.interrupted(this.refuse(error), lane);
    }
  }

  private answerTo(outcome: AppendOutcome | undefined, lane: PublishLane): PublishResults[number] {
    if (outcome !== undefined && 'offset' in outcome) {
      this.metrics.accepted.inc();
      return outcome;
    }
    return this.interrupted(this.refuse(outcome?.error), lane);
  }

  private interrupted(refusal: { problem: Problem }, lane: PublishLane): { problem: Problem } {
    if (refusal.problem.status === 503) lane.interruption ??= refusal.problem;
    return refusal;
  }

  /** Puts a failure into words, and counts it. */
  refuse(error: unknown): { problem: Problem } {
    const problem = problemOf(error, this.logger);
    this.metrics.refused.inc({ reason: problem.type });
    return { problem };
  }
}
