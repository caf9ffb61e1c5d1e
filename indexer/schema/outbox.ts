import { bigint, index, integer, jsonb, text } from 'drizzle-orm/pg-core';
import { block, indexerSchema, ordinal, seconds } from './columns.ts';

/**
 * What changed, for whoever keeps or tells something because of it: searching engines, webhooks, streams of events. A
 * row is written in the transaction that writes what it tells of. Positions grow in the order in which rows become
 * visible (see outbox/append.ts); some positions are never used.
 */
export const outbox = indexerSchema.table(
  'outbox',
  {
    position: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    /** Kind of the message, see outbox/messages.ts. */
    kind: text().notNull(),
    /** Block of the fact; null for what no block tells. */
    block: block(),
    /** Unix seconds: of the block, or of the writing. */
    time: seconds().notNull(),
    /** Ids and accounts that the message concerns. */
    subjects: text().array().notNull(),
    payload: jsonb().notNull(),
    /** Position of the row that this one takes back; null for a row that tells something. */
    undoes: ordinal(),
    /** Milliseconds since 1970 when the row was written. */
    writtenAt: bigint({ mode: 'number' }).notNull()
  },
  (table) => [index('outbox_block').on(table.block), index('outbox_undoes').on(table.undoes)]
);

/** Readers by their names, and the position up to which each has read. */
export const outboxReader = indexerSchema.table('outbox_reader', {
  name: text().primaryKey(),
  position: ordinal().notNull()
});

/** One row: the last position that was dropped. */
export const outboxFloor = indexerSchema.table('outbox_floor', {
  id: integer().primaryKey(),
  position: ordinal().notNull()
});

/** One row: the time of the market, Unix seconds, up to which coming ends of licences were told. */
export const expiryClock = indexerSchema.table('expiry_clock', {
  id: integer().primaryKey(),
  told: seconds().notNull()
});
