import type { Migration } from '../../../database/migrate.ts';
import { appendMigration } from './append-migration.ts';
import { segmentMigration } from './segment-migration.ts';

/** Tables of the relay. Everything hangs on the chain's genesis: a local chain that was reset begins a new log. */
export const relayMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      create table broker.partition (
        id int generated always as identity primary key,
        genesis bytea not null,
        stream bytea not null,
        partition int not null,
        -- offset of the next event: offsets are handed out in the transaction that stores, so they have no gaps
        next_offset bigint not null default 0,
        -- greatest event timestamp so far
        high_timestamp bigint not null default -1,
        stored_at bigint,
        unique (genesis, stream, partition)
      ) with (fillfactor = 50);

      create table broker.event (
        partition_id int not null,
        log_offset bigint not null,
        timestamp bigint not null,
        sequence bigint not null,
        -- greatest timestamp of the partition up to this event: never falls, so replay by time is a binary search
        high_timestamp bigint not null,
        stored_at bigint not null,
        origin bytea not null,
        bytes bytea not null,
        primary key (partition_id, log_offset),
        unique (partition_id, timestamp, sequence, origin)
      );
      -- what is mostly ciphertext does not compress
      alter table broker.event alter column bytes set storage external;

      create table broker.activity (
        partition_id int not null,
        minute bigint not null,
        events int not null,
        primary key (partition_id, minute)
      ) with (fillfactor = 50);

      create table broker.grant_log (
        id bigint generated always as identity primary key,
        genesis bytea not null,
        stream bytea not null,
        licensee bytea not null,
        era bigint not null,
        offer_id bytea not null,
        from_slot bigint not null,
        until_slot bigint not null,
        recipient bytea not null,
        document jsonb not null,
        unique (genesis, stream, licensee, era, offer_id, from_slot, until_slot, recipient)
      );
    `
  },
  {
    version: 2,
    sql: `
      create table broker.retention (
        genesis bytea not null,
        stream bytea not null,
        seconds bigint,
        bytes bigint,
        primary key (genesis, stream)
      );
    `
  },
  segmentMigration,
  appendMigration
];
