import type pg from 'pg';
import { eventLimits } from '#sdk/protocol/event';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { bufferOf } from './bytes.ts';

/** Milliseconds by which the clock that says when an event was stored may have been set back. */
const clockSteps = 60_000;

/**
 * Offsets have no gaps and are never given twice, so the offset at which a partition stood at a time is the number of
 * events that it had; only what was stored around that time has to be looked at. The offset is found by binary search
 * over the time of storing. Rows that are gone, the oldest ones, count as stored before.
 */
const countBefore = `
  with recursive search (id, edge, bound, low, high) as (
    select id, edge, bound, 0::bigint, next_offset
    from broker.partition, (values ('first', $3::bigint), ('last', $4::bigint)) as edges (edge, bound)
    where genesis = $1 and stream = $2
    union all
    select search.id, edge, bound,
           case when event.stored_at >= bound then low else (low + high) / 2 + 1 end,
           case when event.stored_at >= bound then (low + high) / 2 else high end
    from search left join broker.event as event
      on event.partition_id = search.id and event.log_offset = (low + high) / 2
    where low < high
  ), found as (
    select id, min(low) filter (where edge = 'first') as first, min(low) filter (where edge = 'last') as last
    from search where low = high group by id
  )
  select coalesce(sum(last - (
    select count(*) from broker.event
    where partition_id = found.id and log_offset >= first and log_offset < last and timestamp >= $5
  )), 0)::bigint as events
  from found`;

/** Counts the events of streams up to a time, however long ago it is and however many there were. */
export class EventCounter {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;

  constructor(pool: pg.Pool, genesisHash: Hex) {
    this.pool = pool;
    this.genesis = bufferOf(genesisHash);
  }

  /**
   * Events of all partitions of a stream, from its beginning, with timestamps before `time` that were stored before
   * `storedBefore`, both Unix milliseconds. The same at every later moment: what is stored later adds nothing, and
   * what was stored long before may have been removed.
   */
  async before(stream: Address, time: number, storedBefore: number): Promise<number> {
    // What was stored before this has a timestamp before `time`.
    const first = Math.min(storedBefore, time - eventLimits.ahead - clockSteps);
    const { rows } = await this.pool.query<{ events: number }>({
      name: 'count-before',
      text: countBefore,
      values: [this.genesis, bufferOf(stream), first, storedBefore, time]
    });
    return rows[0]?.events ?? 0;
  }
}
