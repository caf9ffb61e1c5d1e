import { sql } from 'drizzle-orm';
import { bigint, customType, index, integer, real, smallint, text } from 'drizzle-orm/pg-core';
import { address, addresses, block, hex, indexerSchema, ordinal, wei } from './columns.ts';

/** What search stands on. No facts: every row follows from facts, documents and activity, and is written with them. */

export const textSearchVector = customType<{ data: string }>({ dataType: () => 'tsvector' });
const box = customType<{ data: string }>({ dataType: () => 'box' });

/** One row per product: what it is found, narrowed, counted and sorted by. */
export const searchProduct = indexerSchema.table(
  'search_product',
  {
    id: hex().primaryKey(),
    seller: address().notNull(),
    offer: hex().notNull(),
    streams: addresses().notNull(),
    /** Facets of one value each, packed: see search/postgres/cells.ts. */
    cell: integer().notNull(),
    price: wei().notNull(),
    purchases: integer().notNull(),
    created: block().notNull(),
    /** The seller's units of karma. */
    karma: wei().notNull(),
    /** Events stored in its streams in the last 24 hours, when they last changed noticeably. */
    busy: bigint({ mode: 'number' }).notNull(),
    /** 0 to 1000: karma, liveness and purchases, by which equally good matches are ranked. */
    quality: smallint().notNull(),
    tags: text().array().notNull(),
    regions: text().array().notNull(),
    languages: text().array().notNull(),
    name: text(),
    /** Copy of the document's, for finding. */
    lexemes: textSearchVector(),
    /** Those of name, labels and summary, for ranking: short enough to stay in the row. */
    labels: textSearchVector(),
    /** 0 to 63, by chance: facets with very many values are counted on some of what was found. */
    sample: smallint().notNull(),
    /** Hash of the document that texts, values and places are from, and how they were derived; null without one. */
    content: text(),
    /** Grows with every change of a row, in the order in which changes become visible. */
    changed: ordinal()
      .notNull()
      .default(sql`nextval('indexer.search_change')`)
  },
  (table) => [
    index('search_product_cell').on(table.cell),
    index('search_product_sample').on(table.sample),
    index('search_product_quality').on(table.quality, table.purchases, table.created, table.id),
    index('search_product_created').on(table.created, table.id),
    index('search_product_price').on(sql`(-${table.price})`, table.purchases, table.id),
    index('search_product_purchases').on(table.purchases, table.created, table.id),
    index('search_product_karma').on(table.karma, table.purchases, table.id),
    index('search_product_busy').on(table.busy, table.purchases, table.id),
    index('search_product_changed').on(table.changed),
    index('search_product_seller').on(table.seller),
    index('search_product_offer').on(table.offer),
    index('search_product_streams').using('gin', table.streams),
    index('search_product_tags').using('gin', table.tags),
    index('search_product_regions').using('gin', table.regions),
    index('search_product_languages').using('gin', table.languages),
    index('search_product_lexemes').using('gin', table.lexemes)
  ]
);

/** Numbers of changes; see `changed`. */
export const searchChange = indexerSchema.sequence('search_change');

/** Products whose rows were removed: for whoever follows the changes. */
export const searchRemoved = indexerSchema.table(
  'search_removed',
  { id: hex().primaryKey(), changed: ordinal().notNull() },
  (table) => [index('search_removed_changed').on(table.changed)]
);

/** Where products' data are from: boxes of degrees, longitude first, none across the antimeridian. */
export const searchPlace = indexerSchema.table(
  'search_place',
  { product: hex().notNull(), area: box().notNull() },
  (table) => [index('search_place_product').on(table.product), index('search_place_area').using('gist', table.area)]
);

/** Words of documents, without accents: what typing errors are corrected to, and what is suggested. */
export const searchWord = indexerSchema.table(
  'search_word',
  {
    word: text().primaryKey(),
    /** What Postgres makes of it, a lexeme; null for words like "the". */
    stem: text(),
    /** Products that have it, as last counted. */
    products: integer().notNull(),
    /** The word, and what is left of it without any one of its letters. */
    deletions: text().array().notNull()
  },
  (table) => [
    index('search_word_stem').on(table.stem),
    index('search_word_prefix').on(sql`${table.word} text_pattern_ops`),
    index('search_word_deletions').using('gin', table.deletions),
    index('search_word_trigrams').using('gin', sql`${table.word} gin_trgm_ops`)
  ]
);

/** What a broker's public counters say of a stream. One row per stream of a product. */
export const streamActivity = indexerSchema.table(
  'stream_activity',
  {
    stream: address().primaryKey(),
    /** Milliseconds since 1970: when the broker last answered, and when it is to be asked again. */
    checkedAt: bigint({ mode: 'number' }),
    nextCheck: bigint({ mode: 'number' }).notNull(),
    /** Events stored in all, and the broker's time of the newest, milliseconds. */
    events: bigint({ mode: 'number' }).notNull(),
    lastEventAt: bigint({ mode: 'number' }),
    /** Events of the last whole minutes, oldest first, up to 1,440; null where nobody counted. */
    recent: integer().array().$type<(number | null)[]>().notNull(),
    /** Minute since 1970 of the last of them. */
    minute: bigint({ mode: 'number' }).notNull(),
    /** Events a minute over the last five minutes. */
    perMinute: real().notNull(),
    /** Of the last 24 hours: events, minutes counted, those of them that were served (see streamDay), longest gap. */
    events24h: bigint('events_24h', { mode: 'number' }).notNull(),
    observed24h: integer('observed_24h').notNull(),
    served24h: integer('served_24h').array().notNull(),
    longestGap24h: integer('longest_gap_24h').notNull(),
    /** The same of the last 30 days. */
    events30d: bigint('events_30d', { mode: 'number' }).notNull(),
    observed30d: integer('observed_30d').notNull(),
    served30d: integer('served_30d').array().notNull()
  },
  (table) => [index('stream_activity_due').on(table.nextCheck)]
);

/** The same by day (UTC), kept for 31 days. */
export const streamDay = indexerSchema.table(
  'stream_day',
  {
    /** `<stream>-<day>`. */
    id: text().primaryKey(),
    stream: address().notNull(),
    /** Days since 1970. */
    day: integer().notNull(),
    events: bigint({ mode: 'number' }).notNull(),
    /** Minutes that were counted, and those of them with an event in the last 1, 10, 60, 1440 minutes. */
    observed: integer().notNull(),
    served: integer().array().notNull(),
    /** Minutes of the longest time without an event that ended or ran on this day. */
    longestGap: integer().notNull()
  },
  (table) => [index('stream_day_stream').on(table.stream, table.day)]
);
