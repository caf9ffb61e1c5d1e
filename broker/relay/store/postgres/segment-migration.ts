import type { Migration } from '../../../database/migrate.ts';

/**
 * Events in segments: partitions of the table that are filled one after the other, shared by all streams that are kept
 * about as long, and dropped as a whole. Rolling to a new segment and appending exclude one another by lock 7416225012.
 */
export const segmentMigration: Migration = {
  version: 3,
  sql: `
    create table broker.segment (
      id int generated always as identity primary key,
      -- streams in it are kept for at most so many days; 0: for ever
      class smallint not null,
      opened_at bigint not null,
      -- none of its events was stored later; null while it is appended to
      closed_at bigint
    );
    create unique index segment_open on broker.segment (class) where closed_at is null;

    -- consecutive events of one partition in one segment, up to the next extent of the partition
    create table broker.extent (
      partition_id int not null,
      first_offset bigint not null,
      segment int not null,
      -- what these were before its first event
      bytes_before bigint not null,
      high_timestamp bigint not null,
      stored_at bigint not null,
      primary key (partition_id, first_offset)
    );
    create index extent_segment on broker.extent (segment, partition_id);

    alter table broker.partition
      add column class smallint not null default 0,
      add column segment int,
      add column total_bytes bigint not null default 0,
      -- of the oldest event that can be read
      add column first_offset bigint not null default 0,
      add column first_bytes bigint not null default 0,
      add column first_stored_at bigint;

    alter table broker.event rename to event_before;
    create table broker.event (
      segment int not null,
      partition_id int not null,
      log_offset bigint not null,
      timestamp bigint not null,
      sequence bigint not null,
      -- greatest timestamp of the partition up to this event: never falls, so replay by time is a binary search
      high_timestamp bigint not null,
      -- never falls either, whatever clocks do
      stored_at bigint not null,
      -- bytes of the partition before this event
      bytes_before bigint not null,
      origin bytea not null,
      -- what is mostly ciphertext does not compress
      bytes bytea storage external not null
    ) partition by list (segment);

    create function broker.class_of(seconds bigint) returns smallint language sql immutable as $$
      select case when seconds <= 86400 then 1 when seconds <= 7 * 86400 then 7 when seconds <= 30 * 86400 then 30
                  when seconds <= 365 * 86400 then 365 else 0 end::smallint
    $$;

    -- Closes the open segment of a class, if there is one, and opens another.
    create function broker.open_segment(given smallint, clock bigint) returns int language plpgsql as $$
    declare opened int;
    begin
      perform pg_advisory_xact_lock(7416225012);
      update broker.segment set closed_at = greatest(clock, opened_at, (select max(stored_at) from broker.partition))
      where class = given and closed_at is null;
      insert into broker.segment (class, opened_at) values (given, clock) returning id into opened;
      execute format('create table broker.event_%s (like broker.event including storage,
        primary key (partition_id, log_offset), unique (partition_id, timestamp, sequence, origin))', opened);
      execute format('alter table broker.event attach partition broker.event_%s for values in (%s)', opened, opened);
      return opened;
    end $$;

    -- Which events of a batch are stored already. Looks only into segments that may hold them: an event is stored at
    -- most 30 s before its timestamp, and two minutes allow for clocks that differ.
    create function broker.find_known(
      partition_ids int[], ids int[], timestamps bigint[], sequences bigint[], starts int[], origin_lengths int[],
      lengths int[], data bytea
    ) returns table (place int, log_offset bigint, identical boolean)
    language plpgsql set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
    #variable_conflict use_column
    declare
      candidate record;
      oldest constant bigint := (select min(one) from unnest(timestamps) as one);
    begin
      for candidate in
        select id, coalesce(closed_at + 120000, 9007199254740991) as latest from broker.segment
        where (closed_at is null or closed_at + 120000 >= oldest)
          and exists (select from broker.extent where segment = segment.id and partition_id = any(partition_ids))
      loop
        return query execute format('
          select given.place::int, event.log_offset,
                 event.bytes = substring($7 from start + origin_length for length)
          from unnest($1, $2, $3, $4, $5, $6) with ordinality
                 as given (partition_id, timestamp, sequence, start, origin_length, length, place)
          join broker.event_%s as event
            on event.partition_id = given.partition_id and event.timestamp = given.timestamp
               and event.sequence = given.sequence and event.origin = substring($7 from start for origin_length)
          where given.timestamp <= $8', candidate.id)
        using ids, timestamps, sequences, starts, origin_lengths, lengths, data, candidate.latest;
      end loop;
    end $$;

    -- Stores a batch: finds the events that are there already, gives the others the next offsets of their partitions,
    -- counts them, tells other brokers. Events travel as one bytea that is cut up here. The partitions are locked before
    -- anything is looked at, so brokers that write the same ones take turns, and always in the same order.
    -- Returns per known event its place, offset and whether it is the same; per partition the first offset given.
    create function broker.append(
      partition_ids int[], ids int[], timestamps bigint[], sequences bigint[], starts int[], origin_lengths int[],
      lengths int[], data bytea, clock bigint, channel text, teller text
    ) returns table (place int, partition_id int, log_offset bigint, identical boolean)
    language plpgsql as $$
    #variable_conflict use_column
    declare known int[];
    begin
      perform pg_advisory_xact_lock_shared(7416225012);
      perform from broker.partition where id = any(partition_ids) order by id for no key update;
      for place, log_offset, identical in
        select * from broker.find_known(partition_ids, ids, timestamps, sequences, starts, origin_lengths, lengths, data)
      loop
        known := known || place;
        return next;
      end loop;
      return query
      with fresh as materialized (
        select place, partition_id, timestamp, sequence, start, origin_length, length,
               row_number() over so_far - 1 as nth,
               max(timestamp) over so_far as highest,
               sum(length) over so_far - length as bytes_before
        from unnest(ids, timestamps, sequences, starts, origin_lengths, lengths) with ordinality
               as given (partition_id, timestamp, sequence, start, origin_length, length, place)
        where known is null or place not in (select unnest(known))
        window so_far as (partition by partition_id order by place rows unbounded preceding)
      ), sums as (
        select partition_id, count(*) as events, max(timestamp) as highest, sum(length) as bytes
        from fresh group by partition_id
      ), advanced as (
        update broker.partition
        set next_offset = next_offset + events,
            high_timestamp = greatest(high_timestamp, highest),
            stored_at = greatest(stored_at, clock),
            total_bytes = total_bytes + bytes,
            segment = open.id,
            first_stored_at =
              case when first_offset < next_offset then first_stored_at else greatest(stored_at, clock) end
        from sums, broker.segment as open
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
        select segment, partition_id, first + nth, timestamp, sequence, greatest(high_before, highest), stored_at,
               advanced.bytes_before + fresh.bytes_before,
               substring(data from start for origin_length), substring(data from start + origin_length for length)
        from fresh join advanced on id = partition_id
      ), counted as (
        insert into broker.activity (partition_id, minute, events)
        select id, clock / 60000, events from advanced
        on conflict (partition_id, minute) do update set events = activity.events + excluded.events
      )
      select null::int, id, first, null::boolean
      from advanced
      cross join lateral pg_notify(channel, teller || ' ' || encode(stream, 'hex') || ' ' || partition || ' ' || next);
    end $$;

    -- First offset of a partition whose high_timestamp, stored_at or bytes_before is at least the bound; the next offset
    -- if there is none. Events that were removed count as below it. Asked of a segment that was dropped meanwhile, it
    -- fails with undefined_table: ask again.
    create function broker.find_offset(given int, measure text, bound bigint) returns bigint language plpgsql as $$
    declare
      low bigint;
      high bigint;
      middle bigint;
      found_value bigint;
      in_segment int;
      first bigint;
      next bigint;
    begin
      select first_offset, next_offset into first, next from broker.partition where id = given;
      execute format('
        select first_offset, segment,
               coalesce((select min(first_offset) from broker.extent as later
                         where later.partition_id = $1 and later.first_offset > extent.first_offset), $3)
        from broker.extent where partition_id = $1 and %I < $2 order by first_offset desc limit 1', measure)
      into low, in_segment, high using given, bound, next;
      if low is null then
        return coalesce((select min(first_offset) from broker.extent where partition_id = given), next);
      end if;
      while low < high loop
        middle := (low + high) / 2;
        execute format('select %I from broker.event_%s where partition_id = $1 and log_offset = $2', measure, in_segment)
        into found_value using given, middle;
        if found_value is null and middle >= first then
          raise exception 'the segment was exchanged' using errcode = 'undefined_table';
        end if;
        if found_value >= bound then
          high := middle;
        else
          low := middle + 1;
        end if;
      end loop;
      return low;
    end $$;

    -- Events of a partition in [low, high) with a timestamp at or after a time.
    create function broker.count_from(given int, low bigint, high bigint, since bigint) returns bigint language plpgsql as $$
    declare
      in_segment int;
      counted bigint;
      total bigint := 0;
    begin
      for in_segment in
        select distinct segment from (
          select segment, first_offset, lead(first_offset) over (order by first_offset) as until
          from broker.extent where partition_id = given
        ) as extents where first_offset < high and (until is null or until > low)
      loop
        execute format('select count(*) from broker.event_%s
          where partition_id = $1 and log_offset >= $2 and log_offset < $3 and timestamp >= $4', in_segment)
        into counted using given, low, high, since;
        total := total + counted;
      end loop;
      return total;
    end $$;

    -- Lets a partition begin at a later offset, as far as readers see.
    create function broker.keep_from(given int, wanted bigint) returns void language plpgsql as $$
    declare
      kept record;
      in_segment int;
    begin
      perform from broker.partition where id = given for no key update;
      if wanted >= (select next_offset from broker.partition where id = given) then
        update broker.partition set first_offset = next_offset, first_bytes = total_bytes where id = given;
        return;
      end if;
      select segment into in_segment from broker.extent
      where partition_id = given and first_offset <= wanted order by first_offset desc limit 1;
      execute format('select stored_at, bytes_before from broker.event_%s where partition_id = $1 and log_offset = $2',
                     in_segment)
      into strict kept using given, wanted;
      update broker.partition
      set first_offset = wanted, first_bytes = kept.bytes_before, first_stored_at = kept.stored_at
      where id = given and first_offset < wanted;
    end $$;

    -- Drops a closed segment; what readers still see of it is carried over into the open ones before.
    create function broker.drop_segment(given int) returns void language plpgsql as $$
    declare part record;
    begin
      perform pg_advisory_xact_lock_shared(7416225012);
      for part in
        select partition_id, first_offset, until, target, first from (
          select extent.*, partition.first_offset as first,
                 lead(extent.first_offset, 1, partition.next_offset)
                   over (partition by extent.partition_id order by extent.first_offset) as until,
                 (select id from broker.segment as open where open.class = partition.class and open.closed_at is null)
                   as target
          from broker.extent join broker.partition on partition.id = extent.partition_id
          where extent.partition_id in (select partition_id from broker.extent where segment = given)
        ) as extents where segment = given
      loop
        if part.until <= part.first then
          delete from broker.extent where partition_id = part.partition_id and first_offset = part.first_offset;
          continue;
        end if;
        execute format('insert into broker.event
          select $4, partition_id, log_offset, timestamp, sequence, high_timestamp, stored_at, bytes_before, origin, bytes
          from broker.event_%s where partition_id = $1 and log_offset >= $2 and log_offset < $3', given)
        using part.partition_id, greatest(part.first, part.first_offset), part.until, part.target;
        if part.first > part.first_offset then
          execute format('update broker.extent
            set segment = $4, first_offset = $3, bytes_before = (
                  select bytes_before from broker.event_%s where partition_id = $1 and log_offset = $3),
                high_timestamp = last.high_timestamp, stored_at = last.stored_at
            from broker.event_%s as last
            where extent.partition_id = $1 and extent.first_offset = $2
              and last.partition_id = $1 and last.log_offset = $3 - 1', given, given)
          using part.partition_id, part.first_offset, part.first, part.target;
        else
          update broker.extent set segment = part.target
          where partition_id = part.partition_id and first_offset = part.first_offset;
        end if;
      end loop;
      execute format('drop table broker.event_%s', given);
      delete from broker.segment where id = given;
    end $$;

    -- what is there already
    select broker.open_segment(0::smallint, (extract(epoch from clock_timestamp()) * 1000)::bigint)
    where exists (select from broker.event_before);
    insert into broker.event
    select segment.id, partition_id, log_offset, timestamp, sequence, high_timestamp,
           max(event.stored_at) over so_far, sum(octet_length(bytes)) over so_far - octet_length(bytes), origin, bytes
    from broker.event_before as event, broker.segment
    window so_far as (partition by partition_id order by log_offset rows unbounded preceding);
    insert into broker.extent (partition_id, first_offset, segment, bytes_before, high_timestamp, stored_at)
    select distinct on (partition_id) partition_id, log_offset, segment, 0, -1, -1
    from broker.event order by partition_id, log_offset;
    update broker.partition
    set segment = last.segment, stored_at = last.stored_at, total_bytes = last.bytes_before + octet_length(last.bytes),
        first_offset = oldest.first_offset, first_stored_at = (
          select event.stored_at from broker.event where partition_id = id and log_offset = oldest.first_offset)
    from broker.event as last, broker.extent as oldest
    where last.partition_id = id and last.log_offset = next_offset - 1 and oldest.partition_id = id;
    drop table broker.event_before;
  `
};
