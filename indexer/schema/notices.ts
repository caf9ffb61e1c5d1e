import { bigint, boolean, index, integer, jsonb, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';
import type { NoticeKind, NoticeType } from '#sdk/protocol/notices';
import type { Delivery, DeliveryTry } from '#sdk/protocol/webhooks';
import { address, block, hex, indexerSchema, ordinal } from './columns.ts';

/**
 * Webhooks and saved searches of accounts. No facts, and nothing that a rebuild makes anew: what accounts asked for
 * stays, and what was told is known, so that nothing is told twice. Times are milliseconds since 1970.
 */

const milliseconds = () => bigint({ mode: 'number' });

export const webhook = indexerSchema.table(
  'webhook',
  {
    id: text().primaryKey(),
    account: address().notNull(),
    url: text().notNull(),
    kinds: text().array().$type<NoticeKind[]>().notNull(),
    watched: text().array().notNull(),
    /** Seconds. */
    lead: integer().notNull(),
    createdAt: milliseconds().notNull(),
    /** Which key its secret was derived from. */
    keyId: text().notNull(),
    /** Tries in a row that failed, and when the first of them was. */
    failures: integer().notNull().default(0),
    failingSince: milliseconds(),
    /** Nothing is tried before this. */
    pausedUntil: milliseconds().notNull().default(0),
    disabledAt: milliseconds(),
    disabledReason: text()
  },
  (table) => [index('webhook_account').on(table.account)]
);

export const webhookDelivery = indexerSchema.table(
  'webhook_delivery',
  {
    id: text().primaryKey(),
    /** In the order in which they are sent. */
    sequence: ordinal().generatedAlwaysAsIdentity(),
    webhook: text().notNull(),
    type: text().$type<NoticeType>().notNull(),
    /** What it tells of, so that it is told once. */
    cause: text().notNull(),
    body: text().notNull(),
    createdAt: milliseconds().notNull(),
    state: text().$type<Delivery['state']>().notNull(),
    /** When it is tried next, or counts as lost by whoever tries it now; null for what is not tried any more. */
    nextTry: milliseconds(),
    /** Tries since it was created or replayed. */
    tried: integer().notNull().default(0),
    /** The latest, oldest first. */
    tries: jsonb().$type<DeliveryTry[]>().notNull().default([])
  },
  (table) => [
    uniqueIndex('webhook_delivery_cause').on(table.webhook, table.cause),
    index('webhook_delivery_cause_alone').on(table.cause),
    index('webhook_delivery_sequence').on(table.webhook, table.sequence),
    index('webhook_delivery_state').on(table.state, table.webhook, table.sequence),
    index('webhook_delivery_created').on(table.createdAt)
  ]
);

export const savedSearch = indexerSchema.table(
  'saved_search',
  {
    id: text().primaryKey(),
    account: address().notNull(),
    name: text().notNull(),
    /** As it was given, without order and page. */
    query: text().notNull(),
    /** With words as they were understood. */
    understood: text().notNull(),
    createdAt: milliseconds().notNull(),
    /** Block up to which products were listed when it was saved. */
    since: block().notNull(),
    /** Whether all that matched then is remembered; otherwise only what is listed later is new. */
    complete: boolean().notNull()
  },
  (table) => [index('saved_search_account').on(table.account)]
);

/** Products that match a saved search, each once. */
export const savedSearchMatch = indexerSchema.table(
  'saved_search_match',
  {
    search: text().notNull(),
    product: hex().notNull(),
    /** Null for what matched when the search was saved. */
    matchedAt: milliseconds()
  },
  (table) => [
    primaryKey({ columns: [table.search, table.product] }),
    index('saved_search_match_newest').on(table.search, table.matchedAt),
    index('saved_search_match_product').on(table.product)
  ]
);

/** One row: up to which change of the rows of search saved searches were compared, and of which table of them. */
export const searchComparison = indexerSchema.table('search_comparison', {
  id: integer().primaryKey(),
  file: text().notNull(),
  position: ordinal().notNull()
});
