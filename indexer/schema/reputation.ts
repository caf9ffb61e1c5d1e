import { index, text } from 'drizzle-orm/pg-core';
import { address, block, hex, indexerSchema, ordinal, seconds, wei } from './columns.ts';

/** In the order of IKarma.Role. */
export const karmaRoles = ['SELLER', 'BUYER', 'BROKER'] as const;
export type KarmaRole = (typeof karmaRoles)[number];

export const karma = indexerSchema.table(
  'karma',
  {
    id: text().primaryKey(),
    account: address().notNull(),
    role: text().$type<KarmaRole>().notNull(),
    units: wei().notNull(),
    earned: wei().notNull(),
    taken: wei().notNull(),
    changedAtBlock: block().notNull(),
    changedAt: seconds().notNull()
  },
  (table) => [
    index('karma_newest').on(table.changedAtBlock, table.id),
    index('karma_account').on(table.account),
    index('karma_rank').on(table.role, table.units, table.id)
  ]
);

/**
 * Every change of somebody's karma, so that it can be told as of any time. Beyond the facts of schema.graphql with the
 * offer through which each came, so that it can be told by what was sold.
 */
export const karmaChange = indexerSchema.table(
  'karma_change',
  {
    /** `<transaction hash>-<log index>`. */
    id: text().primaryKey(),
    account: address().notNull(),
    role: text().$type<KarmaRole>().notNull(),
    /** Null where no event beside it names one. */
    offer: hex(),
    /** What was added to the balance of units, negative where it was taken; and the balance afterwards. */
    units: wei().notNull(),
    balance: wei().notNull(),
    /** Points, wei, as of the time at which they were earned; negative where they were taken. */
    points: wei().notNull(),
    block: block().notNull(),
    timestamp: seconds().notNull(),
    /** Place on the chain, by which changes are sorted: block * 2^20 + log index. */
    position: ordinal().notNull()
  },
  (table) => [
    index('karma_change_newest').on(table.block, table.id),
    index('karma_change_account').on(table.account, table.role, table.timestamp, table.position),
    index('karma_change_time').on(table.role, table.timestamp)
  ]
);

export const attestation = indexerSchema.table(
  'attestation',
  {
    id: hex().primaryKey(),
    schema: hex().notNull(),
    recipient: address().notNull(),
    attester: address().notNull(),
    /** Up to 64 bits, hence no number of JavaScript. */
    expirationTime: wei().notNull(),
    data: hex().notNull(),
    recordedAtBlock: block().notNull(),
    recordedAt: seconds().notNull(),
    revokedAt: seconds()
  },
  (table) => [
    index('attestation_newest').on(table.recordedAtBlock, table.id),
    index('attestation_recipient').on(table.recipient),
    index('attestation_attester').on(table.attester)
  ]
);

export const deliveryReport = indexerSchema.table(
  'delivery_report',
  {
    id: text().primaryKey(),
    stream: address().notNull(),
    /** Any number of the contract: nobody checks what the oracle is asked about. */
    time: wei().notNull(),
    count: wei().notNull(),
    block: block().notNull(),
    timestamp: seconds().notNull()
  },
  (table) => [
    index('delivery_report_newest').on(table.block, table.id),
    index('delivery_report_stream').on(table.stream, table.time)
  ]
);
