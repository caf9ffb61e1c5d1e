import type { Logger } from 'pino';
import type pg from 'pg';
import { DatabaseUnavailableError, isAnswered, isTransient } from '../../../database/pool.ts';
import { BrokerBusyError, EventConflictError } from '../../refusals.ts';
import type { Entry, LogRecord } from '../event-store.ts';
import { bufferOf } from './bytes.ts';
import type { Followers } from './followers.ts';
import type { PartitionTable } from './partitions.ts';

interface Waiting extends Entry {
  readonly key: string;
  readonly size: number;
  readonly settle: (outcome: { offset: number } | { error: Error }) => void;
}

/** Most events and bytes of one transaction. */
const batchEvents = 4_000;
const batchBytes = 16 * 1024 * 1024;
/** Times that a transaction which met a rival is tried again. */
const attempts = 5;

/** Stores one batch in one transaction, see segment-migration.ts. */
const append = 'select * from broker.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)';

interface AppendRow {
  readonly place: number | null;
  readonly partition_id: number | null;
  readonly log_offset: number;
  readonly identical: boolean | null;
}

/**
 * The durable log of events by group commit: what arrives while one batch is being stored goes into the next one.
 * Offsets of a partition begin at 0 and have no gaps, whatever crashes.
 */
export class EventLog {
  private readonly pool: pg.Pool;
  private readonly clock: () => number;
  private readonly logger: Logger;
  private readonly mostWaiting: number;
  private readonly partitions: PartitionTable;
  private readonly followers: Followers;
  private readonly channel: string;
  private readonly teller: string;
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private storing: Promise<void> | null = null;

  /**
   * @param mostWaiting Bytes that may wait for their commit.
   * @param followers Told of every committed batch, partition by partition, in the order of the log.
   * @param channel On which Postgres tells other brokers of every batch.
   * @param teller Who this broker is to them.
   */
  constructor(options: {
    pool: pg.Pool;
    clock: () => number;
    logger: Logger;
    mostWaiting: number;
    partitions: PartitionTable;
    followers: Followers;
    channel: string;
    teller: string;
  }) {
    this.pool = options.pool;
    this.clock = options.clock;
    this.logger = options.logger;
    this.mostWaiting = options.mostWaiting;
    this.partitions = options.partitions;
    this.followers = options.followers;
    this.channel = options.channel;
    this.teller = options.teller;
  }

  /**
   * Stores an accepted event.
   *
   * @returns Its offset, once it is durable; the old offset if exactly this event was stored before.
   * @throws {@link EventConflictError} if another event has its place; {@link BrokerBusyError};
   * {@link DatabaseUnavailableError}, after which the event may or may not be stored: sending it again is safe.
   */
  append(entry: Entry): Promise<number> {
    const size = entry.bytes.length + 200;
    if (this.waitingBytes + size > this.mostWaiting) return Promise.reject(new BrokerBusyError());
    this.waitingBytes += size;
    const { event } = entry;
    const key = `${event.stream} ${String(event.partition)} ${String(event.timestamp)} ${String(event.sequence)} ${event.origin}`;
    return new Promise((resolve, reject) => {
      const settle = (outcome: { offset: number } | { error: Error }): void => {
        this.waitingBytes -= size;
        if ('offset' in outcome) resolve(outcome.offset);
        else reject(outcome.error);
      };
      this.waiting.push({ ...entry, key, size, settle });
      this.storing ??= this.storeAll();
    });
  }

  /** Resolves once everything that was handed over is stored or refused. */
  async drain(): Promise<void> {
    while (this.storing !== null) await this.storing;
  }

  private async storeAll(): Promise<void> {
    // Let everything that arrived in this turn of the event loop join the first batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) await this.storeBatch(this.takeBatch());
    this.storing = null;
  }

  /** The next events in order, without doubles: a double waits for the fate of the first. */
  private takeBatch(): Waiting[] {
    const batch: Waiting[] = [];
    const later: Waiting[] = [];
    const keys = new Set<string>();
    let bytes = 0;
    let taken = 0;
    for (const entry of this.waiting) {
      if (batch.length >= batchEvents || (bytes > 0 && bytes + entry.size > batchBytes)) break;
      taken += 1;
      if (keys.has(entry.key)) {
        later.push(entry);
        continue;
      }
      keys.add(entry.key);
      batch.push(entry);
      bytes += entry.size;
    }
    this.waiting = [...later, ...this.waiting.slice(taken)];
    return batch;
  }

  private async storeBatch(batch: readonly Waiting[]): Promise<void> {
    let ids: readonly number[];
    let rows: readonly AppendRow[];
    try {
      ids = await Promise.all(batch.map((entry) => this.partitions.idOf(entry.event)));
      rows = await this.write(batch, ids);
    } catch (error) {
      this.logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'storing events failed');
      if (!isAnswered(error)) this.followers.uncertain(batch.map((entry) => entry.event));
      // What waits behind them fails with them: stored now, it would stand before what is sent again.
      for (const entry of [...batch, ...this.waiting.splice(0)]) {
        entry.settle({
          error: new DatabaseUnavailableError('The event could not be stored. Send it again in a moment.')
        });
      }
      return;
    }
    const next = new Map<number, number>();
    const known = new Map<number, AppendRow>();
    for (const row of rows) {
      if (row.place !== null) known.set(row.place - 1, row);
      else if (row.partition_id !== null) next.set(row.partition_id, row.log_offset);
    }
    const stored = new Map<number, { entry: Entry; records: LogRecord[] }>();
    for (const [place, entry] of batch.entries()) {
      const before = known.get(place);
      if (before !== undefined) {
        entry.settle(before.identical === true ? { offset: before.log_offset } : { error: new EventConflictError() });
        continue;
      }
      const partitionId = ids[place] ?? 0;
      const offset = next.get(partitionId);
      if (offset === undefined) {
        entry.settle({ error: new DatabaseUnavailableError('The log has no open segment. Restart the broker.') });
        continue;
      }
      next.set(partitionId, offset + 1);
      const partition = stored.get(partitionId);
      if (partition === undefined) stored.set(partitionId, { entry, records: [{ offset, bytes: entry.bytes }] });
      else partition.records.push({ offset, bytes: entry.bytes });
      entry.settle({ offset });
    }
    for (const { entry, records } of stored.values()) this.followers.stored(entry.event, records);
  }

  private async write(batch: readonly Waiting[], ids: readonly number[]): Promise<readonly AppendRow[]> {
    const parts: Uint8Array[] = [];
    const starts: number[] = [];
    const originLengths: number[] = [];
    let end = 1;
    for (const { event, bytes } of batch) {
      const origin = bufferOf(event.origin);
      parts.push(origin, bytes);
      starts.push(end);
      originLengths.push(origin.length);
      end += origin.length + bytes.length;
    }
    const values = [
      [...new Set(ids)],
      ids,
      batch.map((entry) => entry.event.timestamp),
      batch.map((entry) => entry.event.sequence),
      starts,
      originLengths,
      batch.map((entry) => entry.bytes.length),
      Buffer.concat(parts),
      this.clock(),
      this.channel,
      this.teller
    ];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { rows } = await this.pool.query<AppendRow>({ name: 'append', text: append, values });
        return rows;
      } catch (error) {
        if (!isTransient(error) || attempt === attempts) throw error;
      }
    }
  }
}
