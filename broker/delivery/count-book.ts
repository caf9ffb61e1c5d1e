import type pg from 'pg';
import type { Address, Hex } from '#sdk/protocol/primitives';

/**
 * Counts the events of a stream, all partitions, from its beginning, with timestamps before `time` that were stored
 * before `storedBefore`; both Unix milliseconds.
 */
export type CountEvents = (stream: Address, time: number, storedBefore: number) => Promise<number>;

const bytes = (hex: string): Buffer => Buffer.from(hex.slice(2), 'hex');

/**
 * What this attestor says about streams. A count is taken once and written down before anybody hears of it: events that
 * come late, an event log that was cut or restored, and another waiting time change nothing about it.
 */
export class CountBook {
  private readonly pool: pg.Pool;
  private readonly genesis: Buffer;
  private readonly countEvents: CountEvents;
  private readonly wait: number;

  /** @param wait Seconds after a time within which events before it may still come. */
  constructor(pool: pg.Pool, genesisHash: Hex, countEvents: CountEvents, wait: number) {
    this.pool = pool;
    this.genesis = bytes(genesisHash);
    this.countEvents = countEvents;
    this.wait = wait;
  }

  /**
   * The stream's events before a time, which must be settled.
   *
   * @param time Unix seconds.
   */
  async countOf(stream: Address, time: number): Promise<bigint> {
    const known = await this.find(stream, time);
    if (known !== null) return known;
    const events = await this.countEvents(stream, time * 1000, (time + this.wait) * 1000);
    await this.pool.query(
      `insert into broker.delivery_count (genesis, stream, time, events) values ($1, $2, $3, $4)
       on conflict do nothing`,
      [this.genesis, bytes(stream), time, events]
    );
    // Another process may have been first.
    return (await this.find(stream, time)) ?? BigInt(events);
  }

  /** What was counted before; null if nothing was. */
  async find(stream: Address, time: number): Promise<bigint | null> {
    const { rows } = await this.pool.query<{ events: number }>(
      'select events from broker.delivery_count where genesis = $1 and stream = $2 and time = $3',
      [this.genesis, bytes(stream), time]
    );
    const row = rows[0];
    return row === undefined ? null : BigInt(row.events);
  }
}
