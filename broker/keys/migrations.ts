import type { Migration } from '../database/migrate.ts';

/** What keys remembers of the chain; all of it can be read from the chain again. */
export const keysMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      create table broker.chain_cursor (
        genesis bytea primary key,
        -- [[number, hash]] of blocks up to which everything was read, oldest first
        blocks jsonb not null
      );

      create table broker.offer_stream (
        genesis bytea not null,
        stream bytea not null,
        offer_id bytea not null,
        block bigint not null,
        primary key (genesis, stream, offer_id)
      );
      create index on broker.offer_stream (genesis, offer_id);

      create table broker.purchase (
        genesis bytea not null,
        block bigint not null,
        log_index int not null,
        offer_id bytea not null,
        licensee bytea not null,
        -- Unix seconds
        starts_at bigint not null,
        ends_at bigint not null,
        public_key bytea not null,
        primary key (genesis, block, log_index)
      );
      create index on broker.purchase (genesis, offer_id, ends_at);
    `
  }
];
