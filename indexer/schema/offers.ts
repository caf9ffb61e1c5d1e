import { boolean, index, integer, text } from 'drizzle-orm/pg-core';
import { address, addresses, block, hex, indexerSchema, ordinal, seconds, wei } from './columns.ts';

/** In the order of IOffers.Settlement. */
export const settlementKinds = ['AT_ONCE', 'BY_SECOND', 'AFTER_EVENTS', 'BY_EVENT'] as const;
export type SettlementKind = (typeof settlementKinds)[number];

export const product = indexerSchema.table(
  'product',
  {
    id: hex().primaryKey(),
    seller: address().notNull(),
    number: wei().notNull(),
    currentOffer: hex().notNull(),
    createdAtBlock: block().notNull(),
    createdAt: seconds().notNull(),
    /** Beyond the facts, from here on: copies of the current offer's fields, and sums over all offers, for searching. */
    listed: boolean().notNull(),
    pricePerSecond: wei().notNull(),
    streams: addresses().notNull(),
    documentHash: hex().notNull(),
    purchases: integer().notNull(),
    revenue: wei().notNull()
  },
  (table) => [
    index('product_newest').on(table.createdAtBlock, table.id),
    index('product_cheapest').on(table.pricePerSecond, table.id),
    index('product_popular').on(table.purchases, table.id),
    index('product_seller').on(table.seller),
    index('product_document').on(table.documentHash),
    index('product_streams').using('gin', table.streams)
  ]
);

export const offer = indexerSchema.table(
  'offer',
  {
    id: hex().primaryKey(),
    product: hex().notNull(),
    seller: address().notNull(),
    productNumber: wei().notNull(),
    beneficiary: address().notNull(),
    pricePerSecond: wei().notNull(),
    minimumPeriod: seconds().notNull(),
    maximumPeriod: seconds().notNull(),
    boundary: seconds().notNull(),
    feeBasisPoints: integer().notNull(),
    settlement: text().$type<SettlementKind>().notNull(),
    oracle: address(),
    events: wei().notNull(),
    deliveryPeriod: seconds().notNull(),
    attestationSchema: hex(),
    attesters: addresses().notNull(),
    termsHash: hex().notNull(),
    streams: addresses().notNull(),
    position: ordinal().notNull(),
    documentHash: hex().notNull(),
    listed: boolean().notNull(),
    listedAtBlock: block().notNull(),
    listedAt: seconds().notNull(),
    retiredAt: seconds(),
    revenue: wei().notNull(),
    refunded: wei().notNull(),
    withdrawn: wei().notNull(),
    fees: wei().notNull()
  },
  (table) => [
    index('offer_product').on(table.product),
    index('offer_newest').on(table.listedAtBlock, table.id),
    index('offer_seller').on(table.seller),
    index('offer_streams').using('gin', table.streams)
  ]
);
