import type { Migration } from '../../../database/migrate.ts';

/**
 * Storing a batch with less work per event: what follows from the order of its events is worked out by the broker, and
 * events that lie beyond all that their partition holds are not looked for one by one. `broker.append` of version 3
 * stays for brokers that were started before.
 */
export const appendMigration: Migration = {
  version: 4,
  sql: `
    -- Of the partitions of a batch, those that hold an event at or beyond the least of the batch (by timestamp, then
    -- sequence number) in one of the segments that may hold one of its events: only there something may be known.
    create function broker.find_suspects(
      partition_ids int[], least_timestamps bigint[], least_sequences bigint[], oldest bigint
    ) returns int[] language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
    declare
      candidate int;
      found_ids int[];
      suspects int[] := '{}';
    begin
      for candidate in
        select id from broker.segment
        where (closed_at is null or closed_at + 120000 >= oldest)
          and exists (select from broker.extent where segment = segment.id and partition_id = any(partition_ids))
      loop
        execute format('
          select array_agg(given.id) from unnest($1, $2, $3) as given (id, timestamp, sequence)
          where exists (
            select from broker.event_%s as event
            where partition_id = given.id and (event.timestamp, event.sequence) >= (given.timestamp, given.sequence))',
          candidate)
        into found_ids using partition_ids, least_timestamps, least_sequences;
        suspects := suspects || found_ids;
      end loop;
      return suspects;
    end $$;

    -- Stores a batch, sorted by partition: gives its events the next offsets of their partitions, counts them, tells
    -- other brokers. Where some of them are there already it stores nothing and says which: ask again without those.
    -- Events travel as one bytea that is cut up here. The partitions are locked before anything is looked at, so
    -- brokers that write the same ones take turns, and always in the same order.
    -- Per partition: number, bytes, highest timestamp and least timestamp and sequence number of its events. Per event:
    -- place among those of its partition, from 0, highest timestamp up to it, bytes before it, and where it lies.
    -- Returns per known event its place in the batch, offset and whether it is the same; else per partition the first
    -- offset given.
    create function broker.append_batch(
      partition_ids int[], counts int[], sizes bigint[], highests bigint[], least_timestamps bigint[],
      least_sequences bigint[],
      ids int[], places int[], timestamps bigint[], sequences bigint[], highest_so_far bigint[], bytes_so_far int[],
      starts int[], origin_lengths int[], lengths int[],
      data bytea, clock bigint, channel text, teller text
    ) returns table (place int, partition_id int, log_offset bigint, identical boolean)
    language plpgsql as $$
    #variable_conflict use_column
    declare
      suspects int[];
    begin
      perform pg_advisory_xact_lock_shared(7416225012);
      perform from broker.partition where id = any(partition_ids) order by id for no key update;
      suspects := broker.find_suspects(partition_ids, least_timestamps, least_sequences,
                                       (select min(one) from unnest(least_timestamps) as one));
      if suspects <> '{}' then
        return query
        select place, null::int, log_offset, identical
        from broker.find_known(suspects, ids, timestamps, sequences, starts, origin_lengths, lengths, data);
        if found then return; end if;
      end if;
      return query
      with advanced as (
        update broker.partition
        set next_offset = next_offset + events,
            high_timestamp = greatest(high_timestamp, highest),
            stored_at = greatest(stored_at, clock),
            total_bytes = total_bytes + bytes,
            segment = open.id,
            first_stored_at =
              case when first_offset < next_offset then first_stored_at else greatest(stored_at, clock) end
        from unnest(partition_ids, counts, highests, sizes) as sums (partition_id, events, highest, bytes),
             broker.segment as open
        where partition.id = sums.partition_id and open.class = partition.class and open.closed_at is null
        returning partition.id, stream, partition.partition, old.next_offset as first, new.next_offset as next, events,
                  old.high_timestamp as high_before, coalesce(old.stored_at, -1) as stored_before, new.stored_at,
                  old.total_bytes as bytes_before, old.segment as segment_before, new.segment
      ), extended as (
        insert into broker.extent (partition_id, first_offset, segment, bytes_before, high_timestamp, stored_at)
        select id, first, segment, bytes_before, high_before, stored_before
        from advanced where segment_before is distinct from segment
      ), stored as (
        insert into broker.event (segment, partition_id, log_offset, timestamp, sequence, high_timestamp, stored_at,
                                  bytes_before, origin, bytes)
        select segment, id, first + given.place, timestamp, sequence, greatest(high_before, highest), stored_at,
               advanced.bytes_before + given.bytes_before,
               substring(data from start for origin_length), substring(data from start + origin_length for length)
        from unnest(ids, places, timestamps, sequences, highest_so_far, bytes_so_far, starts, origin_lengths, lengths)
               as given (partition_id, place, timestamp, sequence, highest, bytes_before, start, origin_length, length)
        join advanced on id = given.partition_id
      ), counted as (
        insert into broker.activity (partition_id, minute, events)
        select id, clock / 60000, events from advanced
        on conflict (partition_id, minute) do update set events = activity.events + excluded.events
      )
      select null::int, id, first, null::boolean
      from advanced
      cross join lateral pg_notify(channel, teller || ' ' || encode(stream, 'hex') || ' ' || partition || ' ' || next);
    end $$;
  `
};
