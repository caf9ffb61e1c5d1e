import type { Logger } from 'pino';
import type pg from 'pg';
import { DatabaseUnavailableError, isAnswered, isTransient } from '../../../database/pool.ts';
import { BrokerBusyError, EventConflictError } from '../../refusals.ts';
import type { AppendOutcome, Entry, PartitionPlace } from '../event-store.ts';
import { appendValues, type PartitionEvents, sortByPartition } from './append-batch.ts';
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

/** Stores one batch in one transaction, see append-migration.ts. */
const append = `select * from broker.append_batch(${Array.from({ length: 19 }, (_, index) => `$${String(index + 1)}`).join()})`;

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
    for (let rest = batch; rest.length > 0;) {
      let ids: readonly number[];
      let rows: readonly AppendRow[];
      try {
        ids = await Promise.all(rest.map(({ place }) => this.partitions.idOf(place)));
        rows = await this.write(rest, ids);
      } catch (error) {
        this.logger.error({ reason: error instanceof Error ? error.message : String(error) }, 'storing events failed');
        if (!isAnswered(error)) this.followers.uncertain(rest.map(({ place }) => place));
        this.refuse([...rest.flatMap(({ events }) => events), ...this.waiting.splice(0)]);
        return;
      }
      const known = new Map(rows.flatMap((row) => (row.place === null ? [] : [[row.place - 1, row]])));
      if (known.size === 0) {
        const firsts = new Map(rows.map((row) => [row.partition_id, row.log_offset]));
        for (const [index, { place, events }] of rest.entries())
          this.stored(place, events, firsts.get(ids[index] ?? 0));
        return;
      }
      rest = this.withoutKnown(rest, known);
    }
  }

  /** Answers for events that were stored before. @returns The others, of which nothing is stored yet. */
  private withoutKnown(
    batch: readonly PartitionEvents<Waiting>[],
    known: ReadonlyMap<number, AppendRow>
  ): readonly PartitionEvents<Waiting>[] {
    let place = 0;
    const isNew = (entry: Waiting): boolean => {
      const before = known.get(place);
      place += 1;
      if (before === undefined) return true;
      this.settle(
        entry,
        before.identical === true ? { offset: before.log_offset } : { error: new EventConflictError() }
      );
      return false;
    };
    return batch
      .map((partition) => ({ place: partition.place, events: partition.events.filter(isNew) }))
      .filter(({ events }) => events.length > 0);
  }

  /** Answers for the events of one partition. @param first Offset of the first one. */
  private stored(place: PartitionPlace, events: readonly Waiting[], first: number | undefined): void {
    if (first === undefined) {
      const error = new DatabaseUnavailableError('The log has no open segment. Restart the broker.');
      for (const entry of events) this.settle(entry, { error });
      return;
    }
    for (const [number, entry] of events.entries()) this.settle(entry, { offset: first + number });
    this.followers.stored(place, first + events.length, () =>
      events.map(({ bytes }, number) => ({ offset: first + number, bytes }))
    );
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
    batch: readonly PartitionEvents<Entry>[],
    partitionIds: readonly number[]
  ): Promise<readonly AppendRow[]> {
    const values = [...appendValues(batch, partitionIds), this.clock(), this.channel, this.teller];
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { rows } = await this.pool.query<AppendRow>({ name: 'append-batch', text: append, values });
        return rows;
      } catch (error) {
        if (!isTransient(error) || attempt === attempts) throw error;
      }
    }
  }
}
