import type { Logger } from 'pino';
import type pg from 'pg';
import type { RetentionPolicy } from '../event-store.ts';

/**
 * Classes of streams that are kept about as long (days; 0: for ever), and the days for which one of their segments is
 * filled: so that a class has a dozen of segments at a time, and the last class four a year.
 */
const classes: readonly (readonly [number, number])[] = [
  [1, 0.25],
  [7, 1],
  [30, 3],
  [365, 30],
  [0, 90]
];
const day = 86_400_000;
/** Bytes after which a segment is full whatever its age. */
const largestSegment = 16 * 1024 * 1024 * 1024;
/**
 * Milliseconds for which events stay after they were stored, whatever their retention says, so that copies of them are
 * recognised: as long as the gate lets events in, an hour more.
 */
const copiesFor = 25 * 3_600_000;
/** Lock that one broker at a time takes for this. */
const maintenanceLock = 7_416_225_013;
/** A segment of which less than this part is still wanted is dropped, and what is wanted carried over before. */
const worthKeeping = 0.25;
/** Times that something is asked again whose segment was exchanged meanwhile. */
const attempts = 10;

/** Whether a query failed because the segment that it read was dropped, its events removed or carried over. */
export function isSegmentGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42P01';
}

/** Asks again where segments were exchanged meanwhile. */
export async function withSegments<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isSegmentGone(error) || attempt === attempts) throw error;
    }
  }
}

/** Opens segments, lets streams begin later as their retention says, and drops segments that nobody needs. */
export class Segments {
  private readonly pool: pg.Pool;
  private readonly clock: () => number;
  private readonly logger: Logger;
  private readonly policy: RetentionPolicy;

  constructor(options: { pool: pg.Pool; clock: () => number; logger: Logger; policy: RetentionPolicy }) {
    this.pool = options.pool;
    this.clock = options.clock;
    this.logger = options.logger;
    this.policy = options.policy;
  }

  /** Opens a segment of each class that has none. */
  async prepare(): Promise<void> {
    await this.alone(true, async (client) => {
      await client.query(
        `select broker.open_segment(class, $2) from unnest($1::smallint[]) as class
         where not exists (select from broker.segment where segment.class = class.class and closed_at is null)`,
        [classes.map(([kept]) => kept), this.clock()]
      );
    });
  }

  /**
   * One round, unless another broker is at it.
   *
   * @param thorough Also closes and drops segments; else streams only begin later.
   */
  async maintain(thorough: boolean): Promise<void> {
    await this.alone(false, async (client) => {
      await this.classify(client);
      await this.removeFrom(client);
      if (!thorough) return;
      await this.closeFull(client);
      await this.dropUnneeded(client);
      await client.query('delete from broker.activity where minute < $1', [
        Math.floor(this.clock() / 60_000) - 24 * 60
      ]);
    });
  }

  /** Streams whose retention changed get another class from their next event on. */
  private async classify(client: pg.PoolClient): Promise<void> {
    await client.query(
      `update broker.partition set class = broker.class_of(${effective('seconds', '$1', '$2')})
       from broker.partition as place left join broker.retention using (genesis, stream)
       where partition.id = place.id
         and place.class is distinct from broker.class_of(${effective('seconds', '$1', '$2')})`,
      [this.policy.usual.seconds ?? null, this.policy.most.seconds ?? null]
    );
  }

  /** Lets partitions begin where their retention says. */
  private async removeFrom(client: pg.PoolClient): Promise<void> {
    const { usual, most } = this.policy;
    const now = this.clock();
    const { rows } = await client.query<{ id: number; cutoff: number | null; surplus: number | null }>(
      `select * from (
         select id, first_bytes, first_stored_at,
                $5::bigint - 1000 * ${effective('seconds', '$1', '$2')} as cutoff,
                total_bytes - ${effective('bytes', '$3', '$4')} as surplus
         from broker.partition left join broker.retention using (genesis, stream)
         where first_offset < next_offset
       ) as due where first_stored_at < cutoff or first_bytes < surplus`,
      [usual.seconds ?? null, most.seconds ?? null, usual.bytes ?? null, most.bytes ?? null, now]
    );
    for (const { id, cutoff, surplus } of rows) {
      await withSegments(() =>
        client.query(
          `select broker.keep_from($1, greatest(
             broker.find_offset($1, 'stored_at', $2), broker.find_offset($1, 'bytes_before', $3)))`,
          [id, cutoff ?? -1, surplus ?? -1]
        )
      );
    }
    if (rows.length > 0) this.logger.info({ partitions: rows.length }, 'retention removed the oldest events');
  }

  private async closeFull(client: pg.PoolClient): Promise<void> {
    const now = this.clock();
    const { rows } = await client.query<{ class: number; opened_at: number; bytes: number }>(
      `select class, opened_at, pg_total_relation_size('broker.event_' || id) as bytes from broker.segment
       where closed_at is null and exists (select from broker.extent where segment = segment.id)`
    );
    for (const segment of rows) {
      const days = classes.find(([kept]) => kept === segment.class)?.[1] ?? 1;
      if (now - segment.opened_at < days * day && segment.bytes < largestSegment) continue;
      await client.query('select broker.open_segment($1::smallint, $2)', [segment.class, now]);
      this.logger.info({ class: segment.class, bytes: segment.bytes }, 'a segment of the log is closed');
    }
  }

  private async dropUnneeded(client: pg.PoolClient): Promise<void> {
    const { rows } = await client.query<{ id: number; wanted: number; held: number }>(
      `select segment.id, coalesce(sum(greatest(0, until - greatest(bytes_before, first_bytes))), 0)::bigint as wanted,
              coalesce(sum(until - bytes_before), 0)::bigint as held
       from broker.segment left join (
         select extent.segment, bytes_before, first_bytes,
                lead(bytes_before, 1, total_bytes) over (partition by partition_id order by extent.first_offset) as until
         from broker.extent join broker.partition on id = partition_id
       ) as extents on extents.segment = segment.id
       where closed_at < $1 group by segment.id order by segment.id`,
      [this.clock() - copiesFor]
    );
    for (const { id, wanted, held } of rows) {
      if (wanted > held * worthKeeping) continue;
      try {
        // Dropping waits for whoever reads, and others wait behind it: not for long.
        await client.query('begin');
        await client.query("set local lock_timeout = '2s'");
        await client.query('select broker.drop_segment($1)', [id]);
        await client.query('commit');
        this.logger.info({ segment: id, bytes: held, carriedOver: wanted }, 'a segment of the log is dropped');
      } catch (error) {
        await client.query('rollback');
        this.logger.warn({ segment: id, reason: String(error) }, 'a segment could not be dropped; later');
      }
    }
  }

  /** Runs work that one broker at a time does. */
  private async alone(wait: boolean, work: (client: pg.PoolClient) => Promise<void>): Promise<void> {
    const client = await this.pool.connect();
    let broken = true;
    try {
      const { rows } = await client.query<{ mine: boolean }>(
        wait
          ? `select true as mine from (select pg_advisory_lock($1)) as locked`
          : 'select pg_try_advisory_lock($1) as mine',
        [maintenanceLock]
      );
      if (rows[0]?.mine === true) {
        await work(client);
        await client.query('select pg_advisory_unlock($1)', [maintenanceLock]);
      }
      broken = false;
    } finally {
      // Closing the connection of a work that failed drops the lock.
      client.release(broken);
    }
  }
}

/** What holds for a stream: its own bound where one was set, else the usual one; never more than the greatest. */
function effective(column: 'seconds' | 'bytes', usual: string, most: string): string {
  return `least(case when retention.stream is null then ${usual}::bigint else retention.${column} end, ${most}::bigint)`;
}
