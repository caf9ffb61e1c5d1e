import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { MarketRefusedError } from '#sdk/actions/market-errors';
import { platformFetch } from '#sdk/actions/platform';
import { requestBytes } from '#sdk/actions/request';
import { reasonOf } from '../chain/client.ts';
import type { Outbox, Undelivered } from './outbox.ts';

/** Grants of one request, and of one look into the outbox. */
const batchGrants = 128;
const lookSize = 512;
const firstPause = 250;
const longestPause = 30_000;
/** Milliseconds after which what a broker refused is offered again: the chain may say something else by then. */
const refusedPause = 15_000;
/** Milliseconds between two looks where nothing was announced. */
const lookInterval = 5_000;
/** Milliseconds within which a broker must answer. */
const answerTimeout = 30_000;

/** Carries what was issued to one broker, until it has all of it. */
export class Courier {
  private readonly outbox: Outbox;
  private readonly url: string;
  private readonly logger: Logger;
  /** What the broker refused, with the time (of a clock that never goes back) from which it is offered again. */
  private readonly refused = new Map<number, number>();
  private stopping: AbortController | undefined;
  private waking: AbortController | undefined;
  private announced = false;
  private running: Promise<void> = Promise.resolve();
  private trouble: string | null = null;

  constructor(parts: { outbox: Outbox; url: string; logger: Logger }) {
    this.outbox = parts.outbox;
    this.url = parts.url;
    this.logger = parts.logger;
  }

  /** Why the broker has not got everything; null where it has, or nothing is known against it. */
  get unavailable(): string | null {
    return this.trouble;
  }

  start(): void {
    this.stopping = new AbortController();
    this.running = this.run(this.stopping.signal);
  }

  /** Says that there is something to deliver. */
  wake(): void {
    this.announced = true;
    this.waking?.abort();
  }

  async stop(): Promise<void> {
    this.stopping?.abort();
    this.waking?.abort();
    await this.running;
  }

  private async run(stopping: AbortSignal): Promise<void> {
    let pause = firstPause;
    while (!stopping.aborted) {
      try {
        this.announced = false;
        const more = await this.deliver(stopping);
        this.trouble = null;
        pause = firstPause;
        if (!more) await this.rest(lookInterval);
      } catch (error) {
        if (this.trouble === null)
          this.logger.warn({ url: this.url, reason: reasonOf(error) }, 'a broker does not take');
        this.trouble = `${this.url}: ${reasonOf(error)}`;
        await sleep(pause, undefined, { signal: stopping }).catch(() => undefined);
        pause = Math.min(pause * 2, longestPause);
      }
    }
  }

  /** Delivers what waits longest. @returns Whether there may be more. */
  private async deliver(stopping: AbortSignal): Promise<boolean> {
    const now = performance.now();
    for (const [id, again] of this.refused) if (again <= now) this.refused.delete(id);
    const waiting = await this.outbox.undelivered(this.url, [...this.refused.keys()], lookSize);
    for (const batch of batches(waiting)) {
      if (stopping.aborted) return false;
      await this.offer(batch);
    }
    return waiting.length === lookSize;
  }

  /** @throws where the broker does not answer, or asks to wait. */
  private async offer(batch: readonly Undelivered[]): Promise<void> {
    const ids = batch.map(({ id }) => id);
    try {
      await this.put(batch);
    } catch (error) {
      if (!(error instanceof MarketRefusedError) || error.status >= 500 || error.status === 429) throw error;
      if (batch.length > 1) {
        // One of them is not taken: the others are not to wait for it.
        for (const one of batch) await this.offer([one]);
        return;
      }
      this.logger.warn({ url: this.url, stream: batch[0]?.stream, reason: reasonOf(error) }, 'a broker refuses');
      for (const id of ids) this.refused.set(id, performance.now() + refusedPause);
      return;
    }
    await this.outbox.delivered(this.url, ids);
  }

  private async put(batch: readonly Undelivered[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    const grants = first.kind === 'grant';
    await requestBytes({
      fetch: platformFetch,
      url: `${this.url}/v1/streams/${first.stream}/${grants ? 'grants' : 'era-changes'}`,
      method: 'PUT',
      headers: { 'content-type': grants ? 'application/json' : 'application/octet-stream' },
      body: grants
        ? `{"grants":[${batch.map(({ document }) => document.toString('utf8')).join(',')}]}`
        : new Uint8Array(first.document),
      timeout: answerTimeout
    });
  }

  private async rest(milliseconds: number): Promise<void> {
    if (this.announced) return;
    this.waking = new AbortController();
    await sleep(milliseconds, undefined, { signal: this.waking.signal }).catch(() => undefined);
  }
}

/** In their order, the grants of one stream together. */
function batches(waiting: readonly Undelivered[]): Undelivered[][] {
  const result: Undelivered[][] = [];
  const open = new Map<string, Undelivered[]>();
  for (const one of waiting) {
    const batch = one.kind === 'grant' ? open.get(one.stream) : undefined;
    if (batch !== undefined && batch.length < batchGrants) {
      batch.push(one);
      continue;
    }
    const fresh = [one];
    result.push(fresh);
    if (one.kind === 'grant') open.set(one.stream, fresh);
  }
  return result;
}
