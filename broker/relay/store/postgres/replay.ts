import type pg from 'pg';
import { DatabaseUnavailableError } from '../../../database/pool.ts';
import type { LogRecord } from '../event-store.ts';
import { isSegmentGone, withSegments } from './segments.ts';

/** Bounds of one page: memory that a reader of history costs. */
const pageEvents = 2_000;
const pageBytes = 2 * 1024 * 1024;
/** Partitions of which it is remembered where their events lie. */
const mostRemembered = 10_000;
/** Times that a page is looked for whose segment was exchanged meanwhile. */
const attempts = 10;

/** Consecutive events of a partition in one segment, up to the next extent. */
interface Extent {
  readonly first: number;
  readonly segment: number;
}

/** Reads the log page by page; nothing is held between two pages, so a reader may take all the time it wants. */
export class Replay {
  private readonly pool: pg.Pool;
  /** By partition, ascending. What is remembered may be out of date: offsets without gaps and dropped segments tell. */
  private readonly extents = new Map<number, readonly Extent[]>();

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
    const known = this.extents.get(partitionId);
    if (known !== undefined) {
      const records = await this.read(partitionId, known, from, until);
      if (records.length > 0) return records;
    }
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const { first, next, extents } = await this.look(partitionId);
      const begin = Math.max(from, first);
      if (begin >= Math.min(next, until)) return [];
      const records = await this.read(partitionId, extents, begin, until);
      if (records.length > 0) return records;
    }
    throw new DatabaseUnavailableError('History is being moved just now. Try again in a moment.');
  }

  /**
   * Offset of the first event whose timestamp is not before `timestamp` (milliseconds); the next offset if there is
   * none. Timestamps may go back a little along the log, their maximum so far does not: a binary search over that.
   */
  async offsetAt(partitionId: number, timestamp: number): Promise<number> {
    const { rows } = await withSegments(() =>
      this.pool.query<{ found: number }>({
        name: 'offset-at',
        text: `select greatest(first_offset, broker.find_offset(id, 'high_timestamp', $2)) as found
               from broker.partition where id = $1`,
        values: [partitionId, timestamp]
      })
    );
    return rows[0]?.found ?? 0;
  }

  private async look(partitionId: number): Promise<{ first: number; next: number; extents: readonly Extent[] }> {
    const { rows } = await this.pool.query<{ first: number; next: number; starts: number[]; segments: number[] }>({
      name: 'extents',
      text: `select partition.first_offset as first, next_offset as next,
                    array_agg(extent.first_offset order by extent.first_offset) as starts,
                    array_agg(extent.segment order by extent.first_offset) as segments
             from broker.partition join broker.extent on partition_id = id where id = $1 group by id`,
      values: [partitionId]
    });
    const row = rows[0];
    if (row === undefined) return { first: 0, next: 0, extents: [] };
    const extents = row.segments.map((segment, place) => ({ segment, first: Number(row.starts[place]) }));
    if (this.extents.size >= mostRemembered) this.extents.clear();
    this.extents.set(partitionId, extents);
    return { first: row.first, next: row.next, extents };
  }

  /** What one segment has of the page, from `from` on; nothing where the extents are out of date. */
  private async read(
    partitionId: number,
    extents: readonly Extent[],
    from: number,
    until: number
  ): Promise<readonly LogRecord[]> {
    const segment = extents.findLast((extent) => extent.first <= from)?.segment;
    if (segment === undefined || until <= from) return [];
    try {
      const { rows } = await this.pool.query<{ offset: number; bytes: Buffer }>({
        name: `replay ${String(segment)}`,
        text: `
          select log_offset as "offset", bytes
          from (
            select log_offset, bytes, bytes_before - min(bytes_before) over () as before
            from (
              -- cut first: a window looks at all rows before a limit beside it does
              select log_offset, bytes, bytes_before
              from broker.event_${String(segment)}
              where partition_id = $1 and log_offset < $3
                and log_offset >= greatest($2, (select first_offset from broker.partition where id = $1))
              order by log_offset
              limit $4
            ) as cut
          ) as page
          where before < $5
          order by log_offset`,
        values: [partitionId, from, until, Math.min(pageEvents, until - from), pageBytes]
      });
      // Where the extents are out of date, something else may lie between.
      if (rows[0]?.offset !== from) return [];
      const gap = rows.findIndex((row, index) => row.offset !== from + index);
      return gap === -1 ? rows : rows.slice(0, gap);
    } catch (error) {
      if (isSegmentGone(error)) return [];
      throw error;
    }
  }
}
