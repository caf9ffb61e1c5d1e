import { index, text } from 'drizzle-orm/pg-core';
import { address, block, hex, indexerSchema, seconds, wei } from './columns.ts';

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
