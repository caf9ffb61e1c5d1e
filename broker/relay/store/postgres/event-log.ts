import type { Logger } from 'pino';
import type pg from 'pg';
import { DatabaseUnavailableError, isAnswered, isTransient } from '../../../database/pool.ts';
import { BrokerBusyError, EventConflictError } from '../../refusals.ts';
import type { AppendOutcome, Entry, PartitionPlace } from '../event-store.ts';
import { type PartitionEvents, sortByPartition } from './append-batch.ts';
import { integerArray } from './bytes.ts';
import type { Followers } from './followers.ts';
import type { PartitionTable } from './partitions.ts';

/** Events that were handed over together. */
interface Call {
  readonly outcomes: AppendOutcome[];
  /** Events without an outcome. */
  open: number;
  readonly done: (outcomes: readonly AppendOutcome[]) => void;
}

interface Waiting extends Entry {
  readonly call: Call;
  /** Among those that were handed over together. */
  readonly place: number;
}

/** Bytes that a waiting event takes beside its encoding. */
const perWaiting = 200;

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

  /** As EventStore.append. */
  append(entries: readonly Entry[]): Promise<readonly AppendOutcome[]> {
    return new Promise((resolve) => {
      const call: Call = { outcomes: [], open: entries.length, done: resolve };
      let isBusy = false;
      for (const [place, { event, bytes }] of entries.entries()) {
        // What stands behind one that is refused is refused with it.
        isBusy ||= this.waitingBytes + bytes.length + perWaiting > this.mostWaiting;
        this.waitingBytes += bytes.length + perWaiting;
        const waiting: Waiting = { event, bytes, call, place };
        if (isBusy) this.settle(waiting, { error: new BrokerBusyError() });
        else this.waiting.push(waiting);
      }
      if (entries.length === 0) resolve([]);
      if (this.waiting.length > 0) this.storing ??= this.storeAll();
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

  private settle({ call, place, bytes }: Waiting, outcome: AppendOutcome): void {
    this.waitingBytes -= bytes.length + perWaiting;
    call.outcomes[place] = outcome;
    call.open -= 1;
    if (call.open === 0) call.done(call.outcomes);
  }

  /** The next events, by partition and in their order, without doubles: a double waits for the fate of the first. */
  private takeBatch(): readonly PartitionEvents<Waiting>[] {
    let [taken, bytes] = [0, 0];
    for (const entry of this.waiting) {
      const size = entry.bytes.length + perWaiting;
      if (taken >= batchEvents || (taken > 0 && bytes + size > batchBytes)) break;
      taken += 1;
      bytes += size;
    }
    const { partitions, doubles } = sortByPartition(this.waiting.slice(0, taken));
    this.waiting = [...doubles, ...this.waiting.slice(taken)];
    return partitions;
  }

  private async storeBatch(batch: readonly PartitionEvents<Waiting>[]): Promise<void> {
    let ids: readonly number[];
    let rows: readonly AppendRow[];
    try {
      ids = await Promise.all(batch.map(({ place }) => this.partitions.idOf(place)));
      rows = await this.write(batch, ids);
    } catch (error) {
      this.logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'storing events failed');
      if (!isAnswered(error)) this.followers.uncertain(batch.map(({ place }) => place));
      this.refuse([...batch.flatMap(({ events }) => events), ...this.waiting.splice(0)]);
      return;
    }
    const next = new Map<number, number>();
    const known = new Map<number, AppendRow>();
    for (const row of rows) {
      if (row.place !== null) known.set(row.place - 1, row);
      else if (row.partition_id !== null) next.set(row.partition_id, row.log_offset);
    }
    let first = 0;
    for (const [index, { place, events }] of batch.entries()) {
      this.stored(place, events, next.get(ids[index] ?? 0), (number) => known.get(first + number));
      first += events.length;
    }
  }

  /** Answers for the events of one partition. @param begin Offset of the first one that is new. */
  private stored(
    place: PartitionPlace,
    events: readonly Waiting[],
    begin: number | undefined,
    knownBefore: (number: number) => AppendRow | undefined
  ): void {
    let offset = begin ?? 0;
    const fresh: Waiting[] = [];
    for (const [number, entry] of events.entries()) {
      const before = knownBefore(number);
      if (before !== undefined) {
        this.settle(
          entry,
          before.identical === true ? { offset: before.log_offset } : { error: new EventConflictError() }
        );
      } else if (begin === undefined) {
        this.settle(entry, { error: new DatabaseUnavailableError('The log has no open segment. Restart the broker.') });
      } else {
        fresh.push(entry);
        this.settle(entry, { offset });
        offset += 1;
      }
    }
    if (begin === undefined || fresh.length === 0) return;
    this.followers.stored(place, offset, () => fresh.map(({ bytes }, number) => ({ offset: begin + number, bytes })));
  }

  /** What waits behind events that failed fails with them: stored now, it would stand before what is sent again. */
  private refuse(entries: readonly Waiting[]): void {
    for (const entry of entries) {
      this.settle(entry, {
        error: new DatabaseUnavailableError('The event could not be stored. Send it again in a moment.')
      });
    }
  }

  private async write(
    batch: readonly PartitionEvents<Waiting>[],
    partitionIds: readonly number[]
  ): Promise<readonly AppendRow[]> {
    const entries = batch.flatMap(({ events }) => events);
    const count = entries.length;
    const ids = integerArray(4, count);
    const timestamps = integerArray(8, count);
    const sequences = integerArray(8, count);
    const starts = integerArray(4, count);
    const originLengths = integerArray(4, count);
    const lengths = integerArray(4, count);
    const data = Buffer.allocUnsafe(
      entries.reduce((sum, { event, bytes }) => sum + event.origin.length / 2 - 1 + bytes.length, 0)
    );
    let at = 0;
    for (const [index, { events }] of batch.entries()) {
      for (const { event, bytes } of events) {
        const originLength = data.write(event.origin.slice(2), at, 'hex');
        ids.add(partitionIds[index] ?? 0);
        timestamps.add(event.timestamp);
        sequences.add(event.sequence);
        starts.add(at + 1);
        originLengths.add(originLength);
        lengths.add(bytes.length);
        data.set(bytes, at + originLength);
        at += originLength + bytes.length;
      }
    }
    const arrays = [ids, timestamps, sequences, starts, originLengths, lengths].map(({ bytes }) => bytes);
    const values = [partitionIds, ...arrays, data, this.clock(), this.channel, this.teller];
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
