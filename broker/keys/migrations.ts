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
  },
  {
    version: 2,
    sql: `
      -- A licence ended before its time: what was bought before holds no longer than this.
      create table broker.early_end (
        genesis bytea not null,
        block bigint not null,
        log_index int not null,
        offer_id bytea not null,
        licensee bytea not null,
        -- Unix seconds
        ends_at bigint not null,
        primary key (genesis, block, log_index)
      );
      create index on broker.early_end (genesis, offer_id, licensee);

      -- A licensee replaced the key of its running licence: what was bought before is sealed to this one from then on.
      create table broker.key_replacement (
        genesis bytea not null,
        block bigint not null,
        log_index int not null,
        offer_id bytea not null,
        licensee bytea not null,
        public_key bytea not null,
        -- Unix seconds: time of the block
        starts_at bigint not null,
        primary key (genesis, block, log_index)
      );
      create index on broker.key_replacement (genesis, offer_id, licensee);

      -- Read again from the start: earlier versions did not look for early ends and replaced keys.
      delete from broker.chain_cursor;
      delete from broker.purchase;
      delete from broker.offer_stream;
    `
  }
];
