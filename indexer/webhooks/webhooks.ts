import { and, asc, count, desc, eq, gt, lt, sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Address } from '#sdk/protocol/primitives';
import {
  webhookLimits,
  type deliveryQuerySchema,
  type Delivery,
  type RegisteredWebhook,
  type Webhook,
  type webhookRequestSchema
} from '#sdk/protocol/webhooks';
import type { Database } from '../database.ts';
import { refusedName } from '../http/public-request.ts';
import { webhook, webhookDelivery } from '../schema/notices.ts';
import { NoticesTooManyError, NoticeUnknownError, WebhookUrlRefusedError } from './errors.ts';
import type { WebhookKey } from './key.ts';
import { noticeText } from './notice-text.ts';

/** Webhooks of all accounts together. */
const mostInAll = 10_000;
/** Any number: whoever registers waits for whoever else does, so that nobody gets more than there may be. */
const registeringLock = 7_236_572;

export interface WebhooksOptions {
  readonly database: Database;
  readonly key: WebhookKey;
  /** Milliseconds. */
  readonly clock: () => number;
  /** See the configuration's WEBHOOK_LOOPBACK_PORT. */
  readonly loopbackPort?: number | undefined;
}

/** Webhooks of accounts, and what was delivered to them. */
export interface Webhooks {
  /** @throws {@link WebhookUrlRefusedError}, {@link NoticesTooManyError} */
  register(account: Address, request: z.output<typeof webhookRequestSchema>): Promise<RegisteredWebhook>;
  list(account: Address): Promise<Webhook[]>;
  /** @throws {@link NoticeUnknownError}, as the following ones. */
  get(account: Address, id: string): Promise<Webhook>;
  /** With all that waits, and the log. */
  remove(account: Address, id: string): Promise<void>;
  deliveries(account: Address, id: string, query: z.output<typeof deliveryQuerySchema>): Promise<Delivery[]>;
  delivery(account: Address, id: string, delivery: string): Promise<Delivery>;
  /** Sends a delivery again, under its old id. */
  replay(account: Address, id: string, delivery: string): Promise<Delivery>;
  /** Sends a ping; where it is answered, a disabled webhook is enabled again. */
  test(account: Address, id: string): Promise<Delivery>;
}

export function createWebhooks({ database, key, clock, loopbackPort }: WebhooksOptions): Webhooks {
  const pendingOf = sql<number>`(select count(*)::int from ${webhookDelivery} where ${webhookDelivery.webhook} = ${webhook.id}
    and ${webhookDelivery.state} = 'pending')`;

  async function find(account: Address, id: string): Promise<Webhook> {
    const [row] = await database
      .select({ row: webhook, pending: pendingOf })
      .from(webhook)
      .where(and(eq(webhook.id, id), eq(webhook.account, account)));
    if (row === undefined) throw new NoticeUnknownError(id);
    return toWebhook(row.row, row.pending);
  }

  async function findDelivery(account: Address, id: string, delivery: string): Promise<Delivery> {
    await find(account, id);
    const [row] = await database
      .select()
      .from(webhookDelivery)
      .where(and(eq(webhookDelivery.id, delivery), eq(webhookDelivery.webhook, id)));
    if (row === undefined) throw new NoticeUnknownError(delivery);
    return toDelivery(row);
  }

  return {
    async register(account, { url, kinds, watched, lead }) {
      const address = addressOf(url, loopbackPort);
      return database.transaction(async (transaction) => {
        await transaction.execute(sql`select pg_advisory_xact_lock(${registeringLock})`);
        const [counted] = await transaction
          .select({ all: count(), own: sql<number>`count(*) filter (where ${webhook.account} = ${account})::int` })
          .from(webhook);
        if ((counted?.own ?? 0) >= webhookLimits.perAccount) {
          throw new NoticesTooManyError(
            `An account may have ${String(webhookLimits.perAccount)} webhooks. Remove another one first.`
          );
        }
        if ((counted?.all ?? 0) >= mostInAll) {
          throw new NoticesTooManyError('This market keeps no more webhooks. Ask its operator.');
        }
        const id = `wh_${randomBytes(16).toString('hex')}`;
        const [row] = await transaction
          .insert(webhook)
          .values({
            ...{ id, account, url: address, lead, keyId: key.id, createdAt: clock() },
            kinds: [...new Set(kinds)],
            watched: [...new Set(watched)]
          })
          .returning();
        if (row === undefined) throw new NoticeUnknownError(id);
        return { ...toWebhook(row, 0), secret: key.secretOf(id) };
      });
    },

    async list(account) {
      const rows = await database
        .select({ row: webhook, pending: pendingOf })
        .from(webhook)
        .where(eq(webhook.account, account))
        .orderBy(asc(webhook.createdAt), asc(webhook.id));
      return rows.map(({ row, pending }) => toWebhook(row, pending));
    },

    get: find,

    async remove(account, id) {
      await database.transaction(async (transaction) => {
        const gone = await transaction
          .delete(webhook)
          .where(and(eq(webhook.id, id), eq(webhook.account, account)))
          .returning({ id: webhook.id });
        if (gone.length === 0) throw new NoticeUnknownError(id);
        await transaction.delete(webhookDelivery).where(eq(webhookDelivery.webhook, id));
      });
    },

    async deliveries(account, id, { limit, before }) {
      await find(account, id);
      const place =
        before === undefined
          ? undefined
          : lt(
              webhookDelivery.sequence,
              sql`(select sequence from ${webhookDelivery} marked where marked.id = ${before} and marked.webhook = ${id})`
            );
      const rows = await database
        .select()
        .from(webhookDelivery)
        .where(and(eq(webhookDelivery.webhook, id), gt(webhookDelivery.createdAt, clock() - webhookLimits.kept), place))
        .orderBy(desc(webhookDelivery.sequence))
        .limit(limit);
      return rows.map(toDelivery);
    },

    delivery: findDelivery,

    async replay(account, id, delivery) {
      const known = await findDelivery(account, id, delivery);
      const again = { state: 'pending', nextTry: clock(), tried: 0 } as const;
      await database.update(webhookDelivery).set(again).where(eq(webhookDelivery.id, known.id));
      return { ...known, state: again.state, nextTry: again.nextTry };
    },

    async test(account, id) {
      await find(account, id);
      const now = clock();
      const [row] = await database
        .insert(webhookDelivery)
        .values({
          ...{ id: deliveryId(), webhook: id, type: 'ping', cause: `ping:${randomBytes(8).toString('hex')}` },
          body: noticeText({ type: 'ping', timestamp: new Date(now).toISOString(), data: { webhook: id } }),
          ...{ createdAt: now, state: 'pending', nextTry: now }
        })
        .returning();
      if (row === undefined) throw new NoticeUnknownError(id);
      return toDelivery(row);
    }
  };
}

/** A new `webhook-id`. */
export const deliveryId = (): string => `msg_${randomBytes(16).toString('hex')}`;

/** The address as it is asked. @throws {@link WebhookUrlRefusedError} */
function addressOf(text: string, loopbackPort: number | undefined): string {
  const url = new URL(text);
  const refuse = (why: string): never => {
    throw new WebhookUrlRefusedError(`${why} Give an address such as https://example.org/notices.`);
  };
  if (url.protocol !== 'https:') refuse('Notices are posted by https only.');
  if (url.port !== '') refuse('Notices are posted to the usual port of https only.');
  if (url.username !== '' || url.password !== '') refuse('The address may hold no user and no password.');
  const refusal = refusedName(url.hostname, loopbackPort);
  if (refusal !== null) refuse(refusal);
  if (!url.hostname.includes('.')) refuse(`${url.hostname} is no name of the public internet.`);
  url.hash = '';
  return url.toString();
}

function toWebhook(row: typeof webhook.$inferSelect, pending: number): Webhook {
  const { id, account, url, kinds, watched, lead, createdAt, failingSince, disabledAt, disabledReason } = row;
  const state = disabledAt !== null ? 'disabled' : failingSince !== null ? 'failing' : 'active';
  return { id, account, url, kinds, watched, lead, createdAt, state, failingSince, disabledReason, pending };
}

function toDelivery(row: typeof webhookDelivery.$inferSelect): Delivery {
  const { id, webhook: of, type, createdAt, state, nextTry, tries, body } = row;
  return { id, webhook: of, type, createdAt, state, nextTry, tries, body };
}
