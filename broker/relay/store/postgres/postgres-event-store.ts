import type { Logger } from 'pino';
import type pg from 'pg';
import type { Activity } from '#sdk/protocol/activity';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { migrate } from '../../../database/migrate.ts';
import type {
  Entry,
  EventStore,
  LogRecord,
  PartitionListener,
  PartitionPlace,
  Retention,
  Span
} from '../event-store.ts';
import { ActivityReader } from './activity.ts';
import { EventCounter } from './event-count.ts';
import { EventLog } from './event-log.ts';
import { Followers } from './followers.ts';
import { relayMigrations } from './migrations.ts';
import { PartitionTable } from './partitions.ts';
import { Replay } from './replay.ts';
import { RetentionTable } from './retention-table.ts';

export interface PostgresStoreOptions {
  readonly pool: pg.Pool;
  /** Everything hangs on the chain's genesis: a local chain that was reset begins a new log. */
  readonly genesisHash: Hex;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Bytes that may wait for their commit. */
  readonly mostWaiting: number;
}

/** Events in Postgres, by group commit. */
export class PostgresEventStore implements EventStore {
  readonly warning = null;
  private readonly pool: pg.Pool;
  private readonly partitions: PartitionTable;
  private readonly followers = new Followers();
  private readonly log: EventLog;
  private readonly replay: Replay;
  private readonly counter: EventCounter;
  private readonly activityReader: ActivityReader;
  private readonly retentions: RetentionTable;

  constructor(options: PostgresStoreOptions) {
    const { pool, genesisHash, clock, logger, mostWaiting } = options;
    this.pool = pool;
    this.partitions = new PartitionTable(pool, genesisHash);
    const { partitions, followers } = this;
    this.log = new EventLog({ pool, clock, logger, mostWaiting, partitions, followers });
    this.replay = new Replay(pool);
    this.counter = new EventCounter(pool, genesisHash);
    this.activityReader = new ActivityReader(pool, genesisHash, clock);
    this.retentions = new RetentionTable(pool, genesisHash);
  }

  async prepare(): Promise<void> {
    await migrate(this.pool, 'relay', relayMigrations);
  }

  append(entry: Entry): Promise<number> {
    return this.log.append(entry);
  }

  drain(): Promise<void> {
    return this.log.drain();
  }

  async span(place: PartitionPlace): Promise<Span | null> {
    const found = await this.partitions.find(place);
    return found === null ? null : { first: 0, next: found.next };
  }

  async page(place: PartitionPlace, from: number, until?: number): Promise<readonly LogRecord[]> {
    const found = await this.partitions.find(place);
    return found === null ? [] : this.replay.page(found.id, from, until);
  }

  async offsetAt(place: PartitionPlace, timestamp: number): Promise<number> {
    const found = await this.partitions.find(place);
    return found === null ? 0 : this.replay.offsetAt(found.id, timestamp);
  }

  countBefore(stream: Address, time: number, storedBefore: number): Promise<number> {
    return this.counter.before(stream, time, storedBefore);
  }

  activity(streams: readonly Address[]): Promise<Activity[]> {
    return this.activityReader.read(streams);
  }

  follow(place: PartitionPlace, listener: PartitionListener): Promise<() => void> {
    return Promise.resolve(this.followers.add(place, listener));
  }

  retention(stream: Address): Promise<Retention | null> {
    return this.retentions.read(stream);
  }

  setRetention(stream: Address, retention: Retention | null): Promise<void> {
    return this.retentions.write(stream, retention);
  }

  async trouble(): Promise<string | null> {
    try {
      await this.pool.query('select 1');
      return null;
    } catch (error) {
      return `The database does not answer: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  stop(): Promise<void> {
    this.followers.stop();
    return Promise.resolve();
  }
}
