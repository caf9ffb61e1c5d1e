import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, primaryKey, real, text } from 'drizzle-orm/pg-core';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { block, hex, indexerSchema, seconds } from './schema/columns.ts';
import { cohort, deposit, license, purchase } from './schema/licenses.ts';
import { offer, product } from './schema/offers.ts';
import { attestation, deliveryReport, karma, karmaChange } from './schema/reputation.ts';
import { textSearchVector } from './schema/search.ts';
import { permission, recipientKey, stream } from './schema/streams.ts';
import { wish, wishAnswer, wishStake } from './schema/wishes.ts';

/**
 * Tables of the indexer, a view of chain and documents that can be dropped and rebuilt at any time. The facts, in
 * schema/, follow subgraph/schema.graphql, whose docstrings say what each field means; fields beyond it are marked.
 * Addresses, hashes and ids are lowercase hex, amounts wei, times Unix seconds. After a change here: `npx drizzle-kit
 * generate --config indexer/drizzle.config.ts` writes the migration; raise `factsVersion` where rows must be derived
 * anew.
 */
export * from './schema/columns.ts';
export * from './schema/identity.ts';
export * from './schema/licenses.ts';
export * from './schema/notices.ts';
export * from './schema/offers.ts';
export * from './schema/outbox.ts';
export * from './schema/reputation.ts';
export * from './schema/search.ts';
export * from './schema/streams.ts';
export * from './schema/wishes.ts';

/** Version of the mapping from logs to facts: another number in the tables makes them be rebuilt. */
export const factsVersion = 3;

/** The facts, undone exactly when the chain changes its mind. Every one has a primary key called id. */
export const factTables = {
  stream,
  permission,
  recipientKey,
  product,
  offer,
  license,
  purchase,
  deposit,
  cohort,
  deliveryReport,
  karma,
  karmaChange,
  wish,
  wishAnswer,
  wishStake,
  attestation
};
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

/**
 * For each fact that a block touched: how it was before, or null when it was not. Kept for longer than blocks can be
 * undone, so that past blocks can be told of.
 */
export const journal = indexerSchema.table(
  'journal',
  {
    block: block().notNull(),
    fact: text().$type<FactName>().notNull(),
    id: text().notNull(),
    image: jsonb()
  },
  (table) => [
    primaryKey({ columns: [table.block, table.fact, table.id] }),
    index('journal_row').on(table.fact, table.id, table.block)
  ]
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
  foulLogs: bigint({ mode: 'number' }).notNull(),
  /** Unix seconds at which one unit of karma was one point, and the seconds in which karma halves. */
  karmaOrigin: seconds().notNull(),
  karmaHalfLife: seconds().notNull(),
  /** First block as of which the facts can be told: the journal holds every change after it. */
  historyFrom: block()
    .notNull()
    .default(sql`9007199254740991`),
  /** Whether the facts of blocks are put into the outbox: not while the tables are filled from the beginning. */
  telling: boolean().notNull().default(false)
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
    /** What search needs of the content, as of `derived`. */
    category: text(),
    tags: text().array(),
    /** Region subtags, with the larger regions that they lie in. */
    regions: text().array(),
    /** Language subtags. */
    languages: text().array(),
    /** Seconds between events that the seller promises. */
    cadence: real(),
    /** Boxes as Postgres writes them: what the data cover on the map. */
    areas: text().array(),
    /** Words, without accents. */
    words: text().array(),
    /** Weighted lexemes: name, then tags and such, then summary, then the rest. */
    lexemes: textSearchVector(),
    /** Version of the code by which the columns above follow from the content; another one makes them be derived anew. */
    derived: integer()
  },
  (table) => [index('document_due').on(table.nextAttempt), index('document_derived').on(table.derived)]
);
