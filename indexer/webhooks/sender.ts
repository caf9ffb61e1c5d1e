import { and, eq, ne, sql } from 'drizzle-orm';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { DeliveryTry } from '#sdk/protocol/webhooks';
import type { Database } from '../database.ts';
import { webhook, webhookDelivery } from '../schema/notices.ts';
import { dropDeliveries } from './drop-deliveries.ts';
import type { WebhookKey } from './key.ts';
import { postNotice, type PostOutcome } from './post.ts';
import { nextTryOf, pauseOf, usualSchedule, type Schedule } from './schedule.ts';

/** Deliveries under way: in all, and to one host. To one webhook it is one, so that order is kept. */
const mostInAll = 32;
const mostPerHost = 4;
/** Milliseconds for which a delivery belongs to whoever tries it. */
const lease = 30_000;
/** Milliseconds between two looks, and between two rounds of dropping old deliveries. */
const lookInterval = 1_000;
const dropInterval = 600_000;
/** Tries that are remembered. */
const triesKept = 20;

export interface SenderOptions {
  readonly database: Database;
  readonly key: WebhookKey;
  readonly logger: Logger;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Whether this process is the one that sends. */
  leads(): boolean;
  readonly loopbackPort?: number | undefined;
  readonly schedule?: Schedule;
}

/** Sends what waits, as long as this process leads. */
export interface Sender {
  /** There may be something to send. */
  wake(): void;
  /** Ends what runs. */
  stop(): Promise<void>;
}

const dueSchema = z.object({ id: z.string(), webhook: z.string(), url: z.string() });
type Due = z.infer<typeof dueSchema>;

export function sendDeliveries(options: SenderOptions): Sender {
  const { database, key, logger, clock, leads, loopbackPort, schedule = usualSchedule } = options;
  const stopping = new AbortController();
  /** Webhooks to which something is under way, and its end. */
  const underWay = new Map<string, Promise<void>>();
  const perHost = new Map<string, number>();
  let woken = new AbortController();
  let lastDrop = -Infinity;
  const wake = () => {
    woken.abort();
  };

  /** The oldest due delivery of each webhook that is not busy. */
  async function due(): Promise<Due[]> {
    const now = clock();
    const { rows } = await database.execute(sql`
      select delivery.id, delivery.webhook, ${webhook.url} as url
      from (select distinct webhook from ${webhookDelivery} where state = 'pending' and next_try <= ${now}) busy
      join ${webhook} on ${webhook.id} = busy.webhook, lateral (
        select id, webhook, next_try from ${webhookDelivery} waiting
        where waiting.webhook = ${webhook.id} and waiting.state = 'pending' and waiting.next_try <= ${now}
          and (waiting.type = 'ping' or ${webhook.pausedUntil} <= ${now})
        order by waiting.type = 'ping' desc, waiting.sequence limit 1) delivery
      where ${webhook.keyId} = ${key.id}
        and not ${webhook.id} = any(array(select json_array_elements_text(${JSON.stringify([...underWay.keys()])}::json)))
      order by delivery.next_try limit ${mostInAll * 4}`);
    return z.array(dueSchema).parse(rows);
  }

  /** Takes a delivery, so that nobody else tries it meanwhile; null where somebody else was faster. */
  async function claim(id: string) {
    const now = clock();
    const [row] = await database
      .update(webhookDelivery)
      .set({ nextTry: now + lease, tried: sql`${webhookDelivery.tried} + 1` })
      .where(
        and(eq(webhookDelivery.id, id), eq(webhookDelivery.state, 'pending'), sql`${webhookDelivery.nextTry} <= ${now}`)
      )
      .returning();
    return row ?? null;
  }

  async function send({ id, url, webhook: of }: Due): Promise<void> {
    const delivery = await claim(id);
    if (delivery === null) return;
    const began = performance.now();
    const at = clock();
    const outcome = await postNotice({
      ...{ url, secret: key.secretOf(of), id, body: delivery.body, now: at, loopbackPort },
      signal: stopping.signal
    });
    // what we cut ourselves says nothing about the receiver: whoever leads next tries it again
    if (stopping.signal.aborted && !outcome.arrived) {
      const free = { nextTry: at, tried: delivery.tried - 1 };
      await database.update(webhookDelivery).set(free).where(eq(webhookDelivery.id, id));
      return;
    }
    const milliseconds = Math.round(performance.now() - began);
    const once: DeliveryTry = { at, status: outcome.status, error: outcome.error, milliseconds };
    const tries = [...delivery.tries, once].slice(-triesKept);
    await database.transaction((transaction) => record(transaction, { ...delivery, tries }, outcome));
  }

  /** Writes what came of a try. What was withdrawn or replayed meanwhile stays so. */
  async function record(
    transaction: Database,
    delivery: typeof webhookDelivery.$inferSelect,
    outcome: PostOutcome
  ): Promise<void> {
    const { id, webhook: of, tried, createdAt, tries } = delivery;
    const now = clock();
    const mine = and(
      eq(webhookDelivery.id, id),
      eq(webhookDelivery.state, 'pending'),
      eq(webhookDelivery.tried, tried)
    );
    await transaction.update(webhookDelivery).set({ tries }).where(eq(webhookDelivery.id, id));
    const [hook] = await transaction.select().from(webhook).where(eq(webhook.id, of)).for('update');
    if (hook === undefined) return;
    if (outcome.arrived) {
      await transaction.update(webhookDelivery).set({ state: 'delivered', nextTry: null }).where(mine);
      const well = { failures: 0, failingSince: null, pausedUntil: 0, disabledAt: null, disabledReason: null };
      await transaction.update(webhook).set(well).where(eq(webhook.id, of));
      if (hook.disabledAt !== null) logger.info({ webhook: of }, 'a webhook answers again, and was enabled');
      return;
    }
    const { retryAfter } = outcome;
    const isPing = delivery.type === 'ping';
    const next = isPing ? null : nextTryOf(schedule, { tried, createdAt, now, retryAfter });
    const state = next === null ? 'failed' : 'pending';
    await transaction.update(webhookDelivery).set({ state, nextTry: next }).where(mine);
    // a test that fails says nothing about what is sent by itself
    if (isPing) return;
    const failures = hook.failures + 1;
    const failingSince = hook.failingSince ?? now;
    const pausedUntil = now + pauseOf(schedule, failures, retryAfter);
    await transaction.update(webhook).set({ failures, failingSince, pausedUntil }).where(eq(webhook.id, of));
    const reason =
      outcome.status === 410
        ? 'It answered with status 410: gone.'
        : now - failingSince >= schedule.disabledAfter
          ? `Nothing has arrived since ${new Date(failingSince).toISOString()}. The last answer: ${outcome.error ?? ''}`
          : null;
    if (reason === null || hook.disabledAt !== null) return;
    await transaction.update(webhook).set({ disabledAt: now, disabledReason: reason }).where(eq(webhook.id, of));
    await transaction
      .update(webhookDelivery)
      .set({ state: 'failed', nextTry: null })
      .where(
        and(eq(webhookDelivery.webhook, of), eq(webhookDelivery.state, 'pending'), ne(webhookDelivery.type, 'ping'))
      );
    logger.warn({ webhook: of, account: hook.account, reason }, 'a webhook was disabled');
  }

  async function round(): Promise<void> {
    if (!leads()) return;
    for (const delivery of await due()) {
      const host = new URL(delivery.url).hostname;
      const there = perHost.get(host) ?? 0;
      if (underWay.size >= mostInAll) break;
      if (there >= mostPerHost || underWay.has(delivery.webhook)) continue;
      perHost.set(host, there + 1);
      const sending = send(delivery)
        .catch((error: unknown) => {
          logger.warn({ error, delivery: delivery.id }, 'a notice could not be sent; it will be tried again');
        })
        .finally(() => {
          underWay.delete(delivery.webhook);
          const left = (perHost.get(host) ?? 1) - 1;
          if (left === 0) perHost.delete(host);
          else perHost.set(host, left);
          // the next one of this webhook
          wake();
        });
      underWay.set(delivery.webhook, sending);
    }
    if (clock() - lastDrop < dropInterval) return;
    lastDrop = clock();
    await dropDeliveries(database, lastDrop);
    await warnOfOtherKeys();
  }

  async function warnOfOtherKeys(): Promise<void> {
    const rows = await database.select({ id: webhook.id }).from(webhook).where(ne(webhook.keyId, key.id)).limit(100);
    if (rows.length === 0) return;
    logger.warn(
      { webhooks: rows.length },
      'webhooks were registered under another key: nothing is sent to them until WEBHOOK_KEY_FILE names it'
    );
  }

  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      try {
        await round();
        failing = false;
      } catch (error) {
        if (!failing) logger.warn({ error }, 'notices cannot be sent; trying again');
        failing = true;
      }
      const signal = failing ? stopping.signal : AbortSignal.any([stopping.signal, woken.signal]);
      await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(underWay.values());
  }

  const running = run();
  return {
    wake,
    async stop() {
      stopping.abort();
      await running;
    }
  };
}
