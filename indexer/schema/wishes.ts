import { boolean, index, integer, text } from 'drizzle-orm/pg-core';
import { address, block, hex, indexerSchema, seconds, wei } from './columns.ts';

export const wish = indexerSchema.table(
  'wish',
  {
    id: text().primaryKey(),
    number: wei().notNull(),
    asker: address().notNull(),
    descriptionHash: hex().notNull(),
    deadline: seconds().notNull(),
    total: wei().notNull(),
    held: wei().notNull(),
    following: wei().notNull(),
    round: integer().notNull(),
    restAnswer: text(),
    restPayableAt: seconds(),
    restReleased: wei().notNull(),
    madeAtBlock: block().notNull(),
    madeAt: seconds().notNull()
  },
  (table) => [index('wish_newest').on(table.madeAtBlock, table.id), index('wish_asker').on(table.asker)]
);

export const wishAnswer = indexerSchema.table(
  'wish_answer',
  {
    id: text().primaryKey(),
    wish: text().notNull(),
    number: wei().notNull(),
    product: hex().notNull(),
    seller: address().notNull(),
    beneficiary: address().notNull(),
    released: wei().notNull(),
    answeredAtBlock: block().notNull(),
    answeredAt: seconds().notNull()
  },
  (table) => [
    index('wish_answer_newest').on(table.answeredAtBlock, table.id),
    index('wish_answer_wish').on(table.wish),
    index('wish_answer_seller').on(table.seller)
  ]
);

export const wishStake = indexerSchema.table(
  'wish_stake',
  {
    id: text().primaryKey(),
    wish: text().notNull(),
    backer: address().notNull(),
    stake: wei().notNull(),
    follows: boolean().notNull(),
    round: integer().notNull(),
    released: wei().notNull(),
    refunded: wei().notNull(),
    answer: text(),
    changedAtBlock: block().notNull(),
    changedAt: seconds().notNull()
  },
  (table) => [
    index('wish_stake_newest').on(table.changedAtBlock, table.id),
    index('wish_stake_wish').on(table.wish),
    index('wish_stake_backer').on(table.backer)
  ]
);
