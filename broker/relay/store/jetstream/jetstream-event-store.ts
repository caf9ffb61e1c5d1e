import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Activity } from '#sdk/protocol/activity';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { BrokerBusyError } from '../../refusals.ts';
import type {
  AppendOutcome,
  Entry,
  EventStore,
  LogRecord,
  PartitionListener,
  PartitionPlace,
  Retention,
  Span
} from '../event-store.ts';
import { countBefore } from './event-count.ts';
import { Followers } from './followers.ts';
import { KnownEvents } from './known-events.ts';
import { MessageReader } from './message-reader.ts';
import { Names } from './names.ts';
import { awayError, type NatsLink } from './nats-link.ts';
import { ActivityCounter } from './partition-activity.ts';
import { type AppenderParts, PartitionAppender } from './partition-appender.ts';
import { boundsOf, narrower } from './partition-bounds.ts';
import type { PartitionReader } from './partition-reader.ts';
import { RetentionSettings } from './retention-settings.ts';
import { RetentionSweep } from './retention-sweep.ts';
import { safetyWarning } from './server-safety.ts';
import { StoredPartitions } from './stored-partitions.ts';

/** Bytes of memory for what tells copies from new events. */
const usualKnownBytes = 64 * 1024 * 1024;
/** Bytes that a waiting event takes beside its encoding. */
const perWaiting = 300;
/** Partitions that are written now and then, and are remembered for it. */
const mostAppenders = 4_096;
/** Milliseconds for which the beginning of a partition that others write is taken as known. */
const boundsFor = 1_000;

export interface JetStreamStoreOptions {
  readonly nats: NatsLink;
  /** Everything hangs on the chain's genesis: a local chain that was reset begins a new log. */
  readonly genesisHash: Hex;
  /** Servers of a cluster that keep each event: 1, 3 or 5. */
  readonly replicas: number;
  /** Address of the server's monitoring port, if it has one. */
  readonly monitoringUrl?: string | undefined;
  /** Unix milliseconds. */
  readonly clock: () => number;
  readonly logger: Logger;
  /** Bytes that may wait to be stored. */
  readonly mostWaiting: number;
  /** Bytes of memory for what tells copies from new events; what does not fit is read from the log again. */
  readonly knownBytes?: number;
  /** How long streams are kept for which nothing is set. */
  readonly usualRetention?: Retention;
  /** How long streams are kept at most. */
  readonly mostRetention?: Retention;
}

interface Bounds {
  readonly at: number;
  readonly now: number;
  readonly first: number;
}

/**
 * Events in NATS JetStream: one of its streams per partition, many events in each of its messages. README.md says how.
 */
export class JetStreamEventStore implements EventStore {
  private readonly nats: NatsLink;
  private readonly options: JetStreamStoreOptions;
  private readonly names: Names;
  private readonly messages: MessageReader;
  private readonly partitions: StoredPartitions;
  private readonly followers: Followers;
  private readonly settings: RetentionSettings;
  private readonly sweeper: RetentionSweep;
  private readonly activityCounter = new ActivityCounter();
  private readonly appenderParts: AppenderParts;
  private readonly appenders = new Map<string, PartitionAppender>();
  private readonly bounds = new Map<string, Bounds>();
  private readonly forget: () => void;
  private waitingBytes = 0;
  private safety: string | null = 'NATS has not been asked yet whether it writes events to the disk.';

  constructor(options: JetStreamStoreOptions) {
    const { nats, genesisHash, replicas, clock, logger } = options;
    this.nats = nats;
    this.options = options;
    this.names = new Names(genesisHash, replicas);
    this.messages = new MessageReader(nats, replicas);
    this.partitions = new StoredPartitions(this.messages, this.names);
    const broker = randomBytes(8).toString('hex');
    this.followers = new Followers(nats, this.names, broker);
    this.settings = new RetentionSettings(nats, this.names, this.messages);
    const { names, partitions } = this;
    const span = (reader: PartitionReader): Promise<Span | null> => this.spanOf(reader);
    this.sweeper = new RetentionSweep({ nats, names, partitions, span, clock, logger });
    this.appenderParts = {
      nats,
      names,
      known: new KnownEvents(options.knownBytes ?? usualKnownBytes),
      clock,
      logger,
      broker,
      onSettled: (bytes) => (this.waitingBytes -= bytes + perWaiting),
      onStored: (place, records) => this.stored(place, records),
      onUncertain: (place) => this.followers.uncertain(place)
    };
    // Another server, or the same one with another configuration.
    this.forget = nats.reconnected(() => void this.askSafety());
  }

  get warning(): string | null {
    return this.safety;
  }

  async prepare(): Promise<void> {
    await this.settings.prepare();
    await this.askSafety();
  }

  append(entries: readonly Entry[]): Promise<readonly AppendOutcome[]> {
    let isBusy = false;
    return Promise.all(
      entries.map((entry): Promise<AppendOutcome> => {
        const size = entry.bytes.length + perWaiting;
        // What stands behind one that is refused is refused with it.
        isBusy ||= this.waitingBytes + size > this.options.mostWaiting;
        if (isBusy) return Promise.resolve({ error: new BrokerBusyError() });
        this.waitingBytes += size;
        return this.appender(entry.event).append(entry);
      })
    );
  }

  async drain(): Promise<void> {
    await Promise.all([...this.appenders.values()].map((appender) => appender.drain()));
  }

  span(place: PartitionPlace): Promise<Span | null> {
    return this.spanOf(this.partitions.reader(place));
  }

  async page(place: PartitionPlace, from: number, until = Number.MAX_SAFE_INTEGER): Promise<readonly LogRecord[]> {
    const first = await this.firstOf(place);
    return this.partitions.reader(place).page(Math.max(from, first), until);
  }

  async offsetAt(place: PartitionPlace, timestamp: number): Promise<number> {
    const reader = this.partitions.reader(place);
    const first = await this.firstOf(place);
    const message = await reader.search((progress) => progress.highest < timestamp);
    if (message === null) return Math.max(first, (await reader.tail())?.after.next ?? 0);
    let index = 0;
    while (index < message.count - 1 && message.timestamp(index) < timestamp) index += 1;
    return Math.max(first, message.first + index);
  }

  async countBefore(stream: Address, time: number, storedBefore: number): Promise<number> {
    const readers = await this.partitions.of(stream);
    const counts = await Promise.all(readers.map((reader) => countBefore(reader, time, storedBefore)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  activity(streams: readonly Address[]): Promise<Activity[]> {
    return Promise.all(streams.map((stream) => this.activityOf(stream)));
  }

  follow(place: PartitionPlace, listener: PartitionListener): Promise<() => void> {
    return this.followers.add(place, listener);
  }

  async retention(stream: Address): Promise<Retention | null> {
    return (await this.settings.read(stream)).retention;
  }

  async setRetention(stream: Address, retention: Retention | null): Promise<void> {
    const readers = await this.partitions.of(stream);
    await this.settings.write(stream, async (before) => {
      const floors: Record<string, number> = {};
      for (const reader of readers) {
        // What the retention so far has removed stays removed.
        const span = await this.spanOf(reader, before);
        if (span !== null && span.first > 0) floors[String(reader.place.partition)] = span.first;
      }
      return { retention, floors };
    });
    this.bounds.clear();
  }

  async trouble(): Promise<string | null> {
    try {
      const { connection } = await this.nats.open();
      await this.nats.answer(connection.flush());
      // Reads as all others do: JetStream itself has to answer.
      await this.messages.last(this.names.settings, this.names.retention(`0x${'00'.repeat(20)}`));
      return null;
    } catch (error) {
      return `NATS does not answer: ${awayError(error).message}`;
    }
  }

  /** Removes what no retention lets anybody see, now instead of within minutes. */
  sweep(): Promise<void> {
    return this.sweeper.sweep();
  }

  async stop(): Promise<void> {
    this.forget();
    this.followers.stop();
    await this.sweeper.stop();
  }

  private appender(place: PartitionPlace): PartitionAppender {
    const key = this.names.partition(place);
    const known = this.appenders.get(key);
    if (known !== undefined) return known;
    // One that is writing must stay the only one, or this broker would compete with itself.
    for (const [oldest, appender] of this.appenders) {
      if (this.appenders.size < mostAppenders) break;
      if (appender.idle) this.appenders.delete(oldest);
    }
    const appender = new PartitionAppender(place, this.partitions.reader(place), this.appenderParts);
    this.appenders.set(key, appender);
    return appender;
  }

  private stored(place: PartitionPlace, records: readonly LogRecord[]): void {
    this.bounds.delete(this.names.partition(place));
    this.followers.stored(place, records);
  }

  private async activityOf(stream: Address): Promise<Activity> {
    const now = this.options.clock();
    const readers = await this.partitions.of(stream);
    const parts = await Promise.all(readers.map((reader) => this.activityCounter.read(reader, now)));
    const times = parts.map((part) => part.lastEventAt).filter((time) => time !== null);
    return {
      stream,
      events: parts.reduce((sum, part) => sum + part.events, 0),
      lastEventAt: times.length === 0 ? null : Math.max(...times),
      perMinute: Array.from({ length: 60 }, (_, minute) =>
        parts.reduce((sum, part) => sum + (part.perMinute[minute] ?? 0), 0)
      )
    };
  }

  /** First offset of a partition that can be seen, as it was at most a second ago. */
  private async firstOf(place: PartitionPlace): Promise<number> {
    const known = this.bounds.get(this.names.partition(place));
    const now = this.options.clock();
    if (known !== undefined && performance.now() - known.at < boundsFor && Math.abs(now - known.now) < boundsFor) {
      return known.first;
    }
    return (await this.span(place))?.first ?? 0;
  }

  private async spanOf(
    reader: PartitionReader,
    setting?: Awaited<ReturnType<RetentionSettings['read']>>
  ): Promise<Span | null> {
    const { stream, partition } = reader.place;
    const { retention, floors } = setting ?? (await this.settings.read(stream));
    const { clock, usualRetention = {}, mostRetention = {} } = this.options;
    const now = clock();
    const bounded = narrower(retention ?? usualRetention, mostRetention);
    const span = await boundsOf(reader, bounded, floors[String(partition)] ?? 0, now);
    if (span === null) return null;
    if (this.bounds.size >= mostAppenders) this.bounds.clear();
    this.bounds.set(this.names.partition(reader.place), { at: performance.now(), now, first: span.first });
    return span;
  }

  private async askSafety(): Promise<void> {
    try {
      this.safety = await safetyWarning(this.nats, this.options.monitoringUrl);
    } catch (error) {
      this.safety = `Whether NATS writes events to the disk could not be asked: ${awayError(error).message}`;
    }
    if (this.safety !== null) this.options.logger.warn(this.safety);
  }
}
