import type pg from 'pg';
import type { Activity } from '#sdk/protocol/activity';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { bufferOf } from './bytes.ts';

const minutes = 60;

/** Counters of events stored per stream. */
export class ActivityReader {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly clock: () => number;

  constructor(pool: pg.Pool, genesisHash: Hex, clock: () => number) {
    this.pool = pool;
    this.genesis = bufferOf(genesisHash);
    this.clock = clock;
  }

  /** Counters of these streams, in their order; zeros for streams without events. */
  async read(streams: readonly Address[]): Promise<Activity[]> {
    const running = Math.floor(this.clock() / 60_000);
    const wanted = [this.genesis, streams.map(bufferOf)];
    const [totals, recent] = await Promise.all([
      this.pool.query<{ stream: Buffer; events: string; stored_at: number | null }>(
        `select stream, sum(next_offset) as events, max(stored_at) as stored_at
         from broker.partition where genesis = $1 and stream = any($2) group by stream`,
        wanted
      ),
      this.pool.query<{ stream: Buffer; minute: number; events: number }>(
        `select stream, minute, sum(activity.events)::bigint as events
         from broker.partition join broker.activity on partition_id = id
         where genesis = $1 and stream = any($2) and minute > $3 and minute <= $4
         group by stream, minute`,
        [...wanted, running - minutes, running]
      )
    ]);
    const activities = new Map<string, Activity>(
      streams.map((stream) => [
        stream,
        { stream, events: 0, lastEventAt: null, perMinute: new Array<number>(minutes).fill(0) }
      ])
    );
    for (const row of totals.rows) {
      const activity = activities.get(`0x${row.stream.toString('hex')}`);
      if (activity === undefined) continue;
      activity.events = Number(row.events);
      activity.lastEventAt = row.stored_at;
    }
    for (const row of recent.rows) {
      const activity = activities.get(`0x${row.stream.toString('hex')}`);
      if (activity !== undefined) activity.perMinute[minutes - 1 - (running - row.minute)] = row.events;
    }
    return [...activities.values()];
  }
}
