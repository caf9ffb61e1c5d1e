import type pg from 'pg';
import type { LogRecord } from '../event-store.ts';

/** Bounds of one page: memory that a reader of history costs. */
const pageEvents = 2_000;
const pageBytes = 2 * 1024 * 1024;

/** Reads the log page by page; nothing is held between two pages, so a reader may take all the time it wants. */
export class Replay {
  private readonly pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.pool = pool;
  }

  /**
   * Events of a partition from an offset on, in order.
   *
   * @param until First offset that is not wanted.
   * @returns As many as fit into one page, at least one if there is any.
   */
  async page(partitionId: number, from: number, until = Number.MAX_SAFE_INTEGER): Promise<readonly LogRecord[]> {
    const { rows } = await this.pool.query<{ offset: number; bytes: Buffer }>({
      name: 'replay',
      text: `
        select log_offset as "offset", bytes
        from (
          -- the length of a stored bytea is known without reading it
          select log_offset, bytes, sum(octet_length(bytes)) over (order by log_offset) - octet_length(bytes) as before
          from broker.event
          where partition_id = $1 and log_offset >= $2 and log_offset < $3
          order by log_offset
          limit $4
        ) as page
        where before < $5
        order by log_offset`,
      values: [partitionId, from, until, Math.min(pageEvents, until - from), pageBytes]
    });
    return rows;
  }

  /**
   * Offset of the first event whose timestamp is not before `timestamp` (milliseconds); the next offset if there is
   * none. Timestamps may go back a little along the log, their maximum so far does not: a binary search over that.
   */
  async offsetAt(partitionId: number, timestamp: number): Promise<number> {
    const { rows } = await this.pool.query<{ low: number }>({
      name: 'offset-at',
      text: `
        with recursive search (low, high) as (
          select 0::bigint, next_offset from broker.partition where id = $1
          union all
          select case when event.high_timestamp < $2 then event.log_offset + 1 else search.low end,
                 case when event.high_timestamp < $2 then search.high else event.log_offset end
          from search join broker.event as event
            on event.partition_id = $1 and event.log_offset = (search.low + search.high) / 2
          where search.low < search.high
        )
        select low from search where low = high limit 1`,
      values: [partitionId, timestamp]
    });
    return rows[0]?.low ?? 0;
  }
}
