import { boolean, index, integer, text } from 'drizzle-orm/pg-core';
import { address, block, hex, indexerSchema, seconds, wei } from './columns.ts';

export const earlyEnds = ['CANCELLED', 'REVOKED'] as const;
export type EarlyEnd = (typeof earlyEnds)[number];

export const license = indexerSchema.table(
  'license',
  {
    id: text().primaryKey(),
    offer: hex().notNull(),
    product: hex().notNull(),
    licensee: address().notNull(),
    from: seconds().notNull(),
    until: seconds().notNull(),
    publicKey: hex().notNull(),
    paid: wei().notNull(),
    refunded: wei().notNull(),
    spent: wei().notNull(),
    settledUntil: seconds(),
    endedEarly: text().$type<EarlyEnd>(),
    endReasonHash: hex(),
    endedEarlyAt: seconds(),
    attestation: hex(),
    flagPoints: wei(),
    flagReasonHash: hex(),
    flaggedAt: seconds(),
    flagAnswerHash: hex(),
    latestDeposit: text(),
    purchases: integer().notNull(),
    purchasedAtBlock: block().notNull(),
    purchasedAt: seconds().notNull(),
    /** Beyond the facts: the latest purchase's transaction. */
    transactionHash: hex().notNull()
  },
  (table) => [
    index('license_product').on(table.product, table.until),
    index('license_until').on(table.until),
    index('license_offer').on(table.offer, table.until),
    index('license_licensee').on(table.licensee),
    index('license_newest').on(table.purchasedAtBlock, table.id)
  ]
);

export const purchase = indexerSchema.table(
  'purchase',
  {
    id: text().primaryKey(),
    license: text().notNull(),
    payer: address().notNull(),
    from: seconds().notNull(),
    until: seconds().notNull(),
    paid: wei().notNull(),
    publicKey: hex().notNull(),
    block: block().notNull(),
    timestamp: seconds().notNull(),
    transactionHash: hex().notNull(),
    /** Beyond the facts: the sides of the licence, for the history of an account. */
    licensee: address(),
    seller: address()
  },
  (table) => [
    index('purchase_licensee').on(table.licensee, table.timestamp),
    index('purchase_seller').on(table.seller, table.timestamp),
    index('purchase_license').on(table.license),
    index('purchase_payer').on(table.payer),
    index('purchase_newest').on(table.block, table.id)
  ]
);

export const deposit = indexerSchema.table(
  'deposit',
  {
    id: text().primaryKey(),
    offer: hex().notNull(),
    license: text().notNull(),
    cohort: text().notNull(),
    licensee: address().notNull(),
    since: seconds().notNull(),
    until: seconds().notNull(),
    alone: boolean().notNull(),
    previous: text(),
    amount: wei().notNull(),
    madeAtBlock: block().notNull(),
    madeAt: seconds().notNull(),
    spent: wei().notNull(),
    refund: wei().notNull(),
    closedAt: seconds()
  },
  (table) => [
    index('deposit_newest').on(table.madeAtBlock, table.id),
    index('deposit_offer').on(table.offer),
    index('deposit_license').on(table.license),
    index('deposit_licensee').on(table.licensee),
    index('deposit_cohort').on(table.cohort)
  ]
);

export const cohort = indexerSchema.table(
  'cohort',
  {
    id: text().primaryKey(),
    offer: hex().notNull(),
    since: seconds().notNull(),
    until: seconds().notNull(),
    deposits: integer().notNull(),
    released: wei().notNull(),
    fees: wei().notNull(),
    judgedUntil: seconds(),
    final: boolean().notNull()
  },
  (table) => [index('cohort_offer').on(table.offer, table.since)]
);
