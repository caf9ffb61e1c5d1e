import type { Migration } from '../database/migrate.ts';

/** What keys remembers: of the chain, which can be read again, and which licence sits at which leaf. */
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
  },
  {
    version: 3,
    sql: `
      -- Expiry buckets of an issuer, with the leaf that is given away next: none is given away twice.
      create table broker.bucket (
        genesis bytea not null,
        issuer bytea not null,
        stream bytea not null,
        -- first slot that the bucket does not open any more
        bucket_end bigint not null,
        next_leaf int not null,
        primary key (genesis, issuer, stream, bucket_end)
      );

      -- Not to be read from the chain again: who got which leaf was this issuer's choice.
      create table broker.bucket_leaf (
        genesis bytea not null,
        issuer bytea not null,
        stream bytea not null,
        bucket_end bigint not null,
        offer_id bytea not null,
        licensee bytea not null,
        recipient bytea not null,
        leaf int not null,
        primary key (genesis, issuer, stream, bucket_end, offer_id, licensee, recipient),
        unique (genesis, issuer, stream, bucket_end, leaf)
      );
    `
  },
  {
    version: 4,
    sql: `
      -- Purchases of one licence, also where an offer has very many.
      create index on broker.purchase (genesis, offer_id, licensee);
    `
  },
  {
    version: 5,
    sql: `
      -- Purchases that were read and that the chain took back: keys may have been granted for them.
      create table broker.vanished_purchase (
        genesis bytea not null,
        stream bytea not null,
        offer_id bytea not null,
        licensee bytea not null,
        -- Unix seconds: the latest end
        ends_at bigint not null,
        primary key (genesis, stream, offer_id, licensee)
      );
    `
  },
  {
    version: 6,
    sql: `
      -- SHA-256 of the chain's genesis and the issuer that reads: issuers that share a database read each for itself.
      -- What was read before has the genesis alone, until its issuer takes it over.
      alter table broker.chain_cursor rename column genesis to reading;
      alter table broker.offer_stream rename column genesis to reading;
      alter table broker.purchase rename column genesis to reading;
      alter table broker.early_end rename column genesis to reading;
      alter table broker.key_replacement rename column genesis to reading;
      alter table broker.vanished_purchase rename column genesis to reading;
    `
  },
  {
    version: 7,
    sql: `
      -- Names the numbering of an issuer's leaves; empty for those that were given before it had a name.
      create table broker.leaf_book (
        genesis bytea not null,
        issuer bytea not null,
        book text not null,
        primary key (genesis, issuer)
      );
    `
  }
];
