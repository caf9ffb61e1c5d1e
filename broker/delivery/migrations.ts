import type { Migration } from '../database/migrate.ts';

/**
 * What the attestor remembers. All but the counts can be read from the chain again; a market is the genesis of its chain
 * followed by its licence contract and its oracle.
 */
export const deliveryMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      -- the block up to which everything was read
      create table broker.delivery_cursor (
        market bytea primary key,
        block bigint not null,
        hash bytea not null
      );

      -- offers settled by events that name the market's oracle
      create table broker.delivery_offer (
        market bytea not null,
        offer_id bytea not null,
        offer jsonb not null,
        primary key (market, offer_id)
      );
      create table broker.delivery_stream (
        market bytea not null,
        stream bytea not null,
        offer_id bytea not null,
        primary key (market, stream, offer_id)
      );

      create table broker.delivery_deposit (
        market bytea not null,
        offer_id bytea not null,
        licensee bytea not null,
        -- Unix seconds, as they were bought
        since bigint not null,
        until bigint not null,
        -- Unix seconds at which there may be something to do
        due_at bigint not null,
        failures int not null default 0,
        closed boolean not null default false,
        primary key (market, offer_id, licensee, since)
      );
      create index on broker.delivery_deposit (market, due_at) where not closed;
      create index on broker.delivery_deposit (market, offer_id, since);

      -- what the attestor counted: it never says anything else for the same stream and time
      create table broker.delivery_count (
        genesis bytea not null,
        stream bytea not null,
        -- Unix seconds
        time bigint not null,
        events bigint not null,
        primary key (genesis, stream, time)
      );
    `
  }
];
