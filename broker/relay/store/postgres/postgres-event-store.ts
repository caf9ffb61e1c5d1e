import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { Activity } from '#sdk/protocol/activity';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { migrate } from '../../../database/migrate.ts';
import type {
  AppendOutcome,
  Entry,
  EventStore,
  LogRecord,
  PartitionListener,
  PartitionPlace,
  Retention,
  RetentionPolicy,
  Span
} from '../event-store.ts';
import { ActivityReader } from './activity.ts';
import { EventCounter } from './event-count.ts';
import { EventLog } from './event-log.ts';
import { Followers } from './followers.ts';
import { Notifications } from './notifications.ts';
import { relayMigrations } from './migrations.ts';
import { PartitionTable } from './partitions.ts';
import { Replay } from './replay.ts';
import { RetentionTable } from './retention-table.ts';
import { Segments } from './segments.ts';

export interface PostgresStoreOptions {
  readonly pool: pg.Pool;
  /** Everything hangs on the chain's genesis: a local chain that was reset begins a new log. */
  readonly genesisHash: Hex;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Bytes that may wait for their commit. */
  readonly mostWaiting: number;
  /** Without one everything is kept for ever. */
  readonly policy?: RetentionPolicy;
}

/** Milliseconds between two rounds of looking what others stored without word of it, and of removing the oldest. */
const roundInterval = 5_000;
/** Rounds between two in which segments are closed and dropped. */
const thoroughEvery = 60;

/** Events in Postgres, by group commit. */
export class PostgresEventStore implements EventStore {
  readonly warning = null;
  private readonly pool: pg.Pool;
  private readonly partitions: PartitionTable;
  private readonly followers = new Followers();
  private readonly log: EventLog;
  private readonly segments: Segments;
  private readonly notifications: Notifications;
  private readonly logger: Logger;
  private rounds = 0;
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();
  private readonly replay: Replay;
  private readonly counter: EventCounter;
  private readonly activityReader: ActivityReader;
  private readonly retentions: RetentionTable;

  constructor(options: PostgresStoreOptions) {
    const { pool, genesisHash, clock, logger, mostWaiting, policy = { usual: {}, most: {} } } = options;
    this.pool = pool;
    this.partitions = new PartitionTable(pool, genesisHash, policy);
    const { partitions, followers } = this;
    const channel = `tributary_${genesisHash.slice(2, 18)}`;
    const teller = randomUUID();
    this.log = new EventLog({ pool, clock, logger, mostWaiting, partitions, followers, channel, teller });
    this.segments = new Segments({ pool, clock, logger, policy });
    this.logger = logger;
    this.notifications = new Notifications({
      pool,
      channel,
      logger,
      onNotification: (payload) => {
        const [from, stream = '', partition, next] = payload.split(' ');
        if (from !== teller)
          this.followers.reaches({ stream: `0x${stream}`, partition: Number(partition) }, Number(next));
      },
      onConnected: () => void this.look()
    });
    this.replay = new Replay(pool);
    this.counter = new EventCounter(pool, genesisHash);
    this.activityReader = new ActivityReader(pool, genesisHash, clock);
    this.retentions = new RetentionTable(pool, genesisHash);
  }

  async prepare(): Promise<void> {
    await migrate(this.pool, 'relay', relayMigrations);
    await this.segments.prepare();
    await this.notifications.start();
    this.timer ??= setInterval(() => {
      this.round = this.work();
    }, roundInterval);
  }

  append(entries: readonly Entry[]): Promise<readonly AppendOutcome[]> {
    return this.log.append(entries);
  }

  drain(): Promise<void> {
    return this.log.drain();
  }

  async span(place: PartitionPlace): Promise<Span | null> {
    const found = await this.partitions.find(place);
    return found === null ? null : { first: found.first, next: found.next };
  }

  async page(place: PartitionPlace, from: number, until?: number): Promise<readonly LogRecord[]> {
    const id = await this.partitions.known(place);
    return id === null ? [] : this.replay.page(id, from, until);
  }

  async offsetAt(place: PartitionPlace, timestamp: number): Promise<number> {
    const id = await this.partitions.known(place);
    return id === null ? 0 : this.replay.offsetAt(id, timestamp);
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

  async setRetention(stream: Address, retention: Retention | null): Promise<void> {
    await this.retentions.write(stream, retention);
    await this.maintain(false);
  }

  /**
   * Removes what retention lets go, unless another broker is at it. Called by itself every few seconds.
   *
   * @param thorough Also closes and drops segments.
   */
  maintain(thorough: boolean): Promise<void> {
    return this.segments.maintain(thorough);
  }

  async trouble(): Promise<string | null> {
    try {
      await this.pool.query('select 1');
      return null;
    } catch (error) {
      return `The database does not answer: ${reasonOf(error)}`;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.followers.stop();
    await this.notifications.stop();
    await this.round;
  }

  private async work(): Promise<void> {
    await this.look();
    this.rounds += 1;
    try {
      await this.maintain(this.rounds % thoroughEvery === 0);
    } catch (error) {
      this.logger.warn({ reason: reasonOf(error) }, 'retention could not be looked after');
    }
  }

  /** Finds what was stored in followed partitions without word of it. */
  private async look(): Promise<void> {
    try {
      for (const { place, next } of await this.partitions.ends(this.followers.places())) {
        this.followers.reaches(place, next);
      }
    } catch (error) {
      this.logger.warn({ reason: reasonOf(error) }, 'the log could not be looked at');
    }
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
