import type pg from 'pg';
import { eventLimits } from '#sdk/protocol/event';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { HistoryRemovedError } from '../../refusals.ts';
import { bufferOf } from './bytes.ts';
import { withSegments } from './segments.ts';

/** Milliseconds by which the clock that says when an event was stored may have been set back. */
const clockSteps = 60_000;

/**
 * Offsets have no gaps and are never given twice, so the offset at which a partition stood at a time is the number of
 * events that it had; only what was stored around that time has to be looked at.
 */
const countBefore = `
  select (last - broker.count_from(id, first, last, $5)) as events,
         first <= oldest and oldest > 0 and removed_at >= $3 as removed
  from (
    select id, broker.find_offset(id, 'stored_at', $3) as first, broker.find_offset(id, 'stored_at', $4) as last
    from broker.partition where genesis = $1 and stream = $2
  ) as found
  left join lateral (
    select first_offset as oldest, stored_at as removed_at
    from broker.extent where partition_id = id order by first_offset limit 1
  ) as extent on true`;

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
   *
   * @throws {@link HistoryRemovedError} where what would have to be looked at was removed too.
   */
  async before(stream: Address, time: number, storedBefore: number): Promise<number> {
    // What was stored before this has a timestamp before `time`.
    const first = Math.min(storedBefore, time - eventLimits.ahead - clockSteps);
    const { rows } = await withSegments(() =>
      this.pool.query<{ events: number; removed: boolean | null }>({
        name: 'count-before',
        text: countBefore,
        values: [this.genesis, bufferOf(stream), first, storedBefore, time]
      })
    );
    if (rows.some((row) => row.removed === true)) throw new HistoryRemovedError(stream);
    return rows.reduce((sum, row) => sum + row.events, 0);
  }
}
