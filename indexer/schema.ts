import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  numeric,
  pgSchema,
  primaryKey,
  text
} from 'drizzle-orm/pg-core';
import type { ProductDocument } from '#sdk/protocol/product-document';
import type { Address, Hex } from '#sdk/protocol/primitives';

/**
 * Tables of the indexer, a view of chain and documents that can be dropped and rebuilt at any time. The facts follow
 * subgraph/schema.graphql, whose docstrings say what each field means; fields beyond it are marked. Addresses, hashes
 * and ids are lowercase hex, amounts wei, times Unix seconds. After a change here: `npx drizzle-kit generate --config
 * indexer/drizzle.config.ts` writes the migration; raise `factsVersion` where rows must be derived anew.
 */
export const indexerSchema = pgSchema('indexer');

/** Version of the mapping from logs to facts: another number in the tables makes them be rebuilt. */
export const factsVersion = 1;

const wei = () => numeric({ mode: 'string', precision: 78, scale: 0 });
const seconds = () => bigint({ mode: 'number' });
const block = () => bigint({ mode: 'number' });
const address = () => text().$type<Address>();
const hex = () => text().$type<Hex>();
const textSearchVector = customType<{ data: string }>({ dataType: () => 'tsvector' });

export const permissionKinds = ['READ', 'WRITE', 'EDIT', 'GRANT', 'DELETE'] as const;
export type PermissionKind = (typeof permissionKinds)[number];

export const stream = indexerSchema.table(
  'stream',
  {
    id: address().primaryKey(),
    owner: address().notNull(),
    pendingOwner: address(),
    name: text().notNull(),
    description: text().notNull(),
    slotDuration: integer().notNull(),
    partitions: integer().notNull(),
    deleted: boolean().notNull(),
    createdAtBlock: block().notNull(),
    createdAt: seconds().notNull()
  },
  (table) => [index('stream_newest').on(table.createdAtBlock, table.id), index('stream_owner').on(table.owner)]
);

export const permission = indexerSchema.table(
  'permission',
  {
    id: text().primaryKey(),
    stream: address().notNull(),
    account: address().notNull(),
    permission: text().$type<PermissionKind>().notNull(),
    until: seconds().notNull(),
    grantor: address().notNull()
  },
  (table) => [index('permission_stream').on(table.stream), index('permission_account').on(table.account)]
);

export const recipientKey = indexerSchema.table(
  'recipient_key',
  {
    id: text().primaryKey(),
    stream: address().notNull(),
    account: address().notNull(),
    publicKey: hex().notNull()
  },
  (table) => [index('recipient_key_stream').on(table.stream), index('recipient_key_account').on(table.account)]
);

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
    streams: text().array().$type<Address[]>().notNull(),
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
    boundary: seconds().notNull(),
    termsHash: hex().notNull(),
    streams: text().array().$type<Address[]>().notNull(),
    position: bigint({ mode: 'number' }).notNull(),
    documentHash: hex().notNull(),
    listed: boolean().notNull(),
    listedAtBlock: block().notNull(),
    listedAt: seconds().notNull(),
    retiredAt: seconds(),
    revenue: wei().notNull()
  },
  (table) => [
    index('offer_product').on(table.product),
    index('offer_newest').on(table.listedAtBlock, table.id),
    index('offer_seller').on(table.seller),
    index('offer_streams').using('gin', table.streams)
  ]
);

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
    purchases: integer().notNull(),
    purchasedAtBlock: block().notNull(),
    purchasedAt: seconds().notNull(),
    /** Beyond the facts: the latest purchase's transaction. */
    transactionHash: hex().notNull()
  },
  (table) => [
    index('license_product').on(table.product, table.until),
    index('license_offer').on(table.offer),
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
    transactionHash: hex().notNull()
  },
  (table) => [
    index('purchase_license').on(table.license),
    index('purchase_payer').on(table.payer),
    index('purchase_newest').on(table.block, table.id)
  ]
);

/** The facts, undone exactly when the chain changes its mind. Every one has a primary key called id. */
export const factTables = { stream, permission, recipientKey, product, offer, license, purchase };
export type FactTables = typeof factTables;
export type FactName = keyof FactTables;
export type FactRow<Name extends FactName> = FactTables[Name]['$inferSelect'];

/** Blocks of the last part of the chain, to notice and locate a reorganisation. */
export const knownBlock = indexerSchema.table('block', {
  number: block().primaryKey(),
  hash: hex().notNull(),
  parentHash: hex().notNull(),
  timestamp: seconds().notNull()
});

/** For each fact that a block of the last part of the chain touched: how it was before, or null when it was not. */
export const journal = indexerSchema.table(
  'journal',
  {
    block: block().notNull(),
    fact: text().$type<FactName>().notNull(),
    id: text().notNull(),
    image: jsonb()
  },
  (table) => [primaryKey({ columns: [table.block, table.fact, table.id] })]
);

/** One row: which chain the tables speak of, and up to which block. */
export const cursor = indexerSchema.table('cursor', {
  id: integer().primaryKey(),
  /** Chain id, genesis hash and contracts, as one line of text; anything else there means another chain. */
  deployment: text().notNull(),
  /** Last block whose facts are visible. */
  number: block().notNull(),
  hash: hex().notNull(),
  timestamp: seconds().notNull(),
  /** Logs that looked like ours and were not, since the last rebuild. */
  foulLogs: bigint({ mode: 'number' }).notNull()
});

export type DocumentState = 'pending' | 'ready' | 'missing' | 'invalid';

/** Product documents by hash. No facts: a cache of what the content store holds, with what search needs beside it. */
export const document = indexerSchema.table(
  'document',
  {
    hash: hex().primaryKey(),
    state: text().$type<DocumentState>().notNull(),
    attempts: integer().notNull(),
    /** Milliseconds since 1970 of the next attempt; null when there is none. */
    nextAttempt: bigint({ mode: 'number' }),
    /** What is wrong with it, where it is invalid. */
    fault: text(),
    content: jsonb().$type<ProductDocument>(),
    category: text(),
    tags: text().array(),
    /** Plain text in which typing errors are forgiven: name, tags, seller's name. */
    words: text(),
    /** Weighted lexemes: name, then tags and summary, then the rest. */
    lexemes: textSearchVector()
  },
  (table) => [
    index('document_due').on(table.nextAttempt),
    index('document_category').on(table.category),
    index('document_lexemes').using('gin', table.lexemes),
    index('document_words').using('gin', sql`${table.words} gin_trgm_ops`)
  ]
);
