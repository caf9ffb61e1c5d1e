import type { Logger } from 'pino';
import { PartitionFanOut } from './fan-out.ts';
import type { EventStore, LogRecord, PartitionPlace } from './store/event-store.ts';

/** Milliseconds after which a log that could not be read is read again. */
const readAgainAfter = 500;

type Source = Pick<EventStore, 'follow' | 'span' | 'page'>;

/** A partition that somebody reads. */
interface Open {
  readonly place: PartitionPlace;
  fanOut: PartitionFanOut | undefined;
  unfollow: (() => void) | undefined;
  /** Its missing events are being read from the log. */
  reading: boolean;
  /** Something was stored meanwhile. */
  again: boolean;
}

/** The partitions that somebody reads, and what was stored in them last. */
export class Distributor {
  private readonly store: Source;
  private readonly logger: Logger;
  private readonly delay: number;
  private readonly most: number;
  private readonly open = new Map<string, Promise<PartitionFanOut>>();
  private readonly partitions = new Set<Open>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(options: { store: Source; logger: Logger; delay: number; most: number }) {
    this.store = options.store;
    this.logger = options.logger;
    this.delay = options.delay;
    this.most = options.most;
  }

  /** The fan-out of a partition, with a head that is at least what is stored when this is called. */
  fanOut(place: PartitionPlace): Promise<PartitionFanOut> {
    const key = `${place.stream} ${String(place.partition)}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const opened = this.follow({ stream: place.stream, partition: place.partition });
    this.open.set(key, opened);
    opened.catch(() => this.open.delete(key));
    return opened;
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const partition of this.partitions) {
      partition.unfollow?.();
      partition.fanOut?.stop();
    }
  }

  private async follow(place: PartitionPlace): Promise<PartitionFanOut> {
    const partition: Open = { place, fanOut: undefined, unfollow: undefined, reading: false, again: false };
    const unfollow = await this.store.follow(place, {
      stored: (records) => this.stored(partition, records),
      grown: () => void this.read(partition)
    });
    partition.unfollow = unfollow;
    try {
      const fanOut = new PartitionFanOut((await this.store.span(place))?.next ?? 0, this.delay, this.most);
      partition.fanOut = fanOut;
      this.partitions.add(partition);
      // What was told before the head was known may lie behind it or beyond.
      if (partition.again) void this.read(partition);
      return fanOut;
    } catch (error) {
      unfollow();
      throw error;
    }
  }

  private stored(partition: Open, records: readonly LogRecord[]): void {
    const { fanOut } = partition;
    if (fanOut === undefined) {
      partition.again = true;
      return;
    }
    const fresh = records.filter((record) => record.offset >= fanOut.head);
    const first = fresh[0];
    if (first === undefined) return;
    if (first.offset > fanOut.head || partition.reading) void this.read(partition);
    else fanOut.push(fresh);
  }

  /** Sends on everything that the log holds beyond the head; what is stored meanwhile is found there too. */
  private async read(partition: Open): Promise<void> {
    const { fanOut } = partition;
    partition.again = true;
    if (partition.reading || fanOut === undefined || this.stopped) return;
    partition.reading = true;
    try {
      while (partition.again) {
        partition.again = false;
        const records = await this.store.page(partition.place, fanOut.head);
        fanOut.push(records);
        if (records.length > 0) partition.again = true;
      }
    } catch (error) {
      this.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'reading the log failed');
      this.readLater(partition);
    } finally {
      partition.reading = false;
    }
  }

  private readLater(partition: Open): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.read(partition);
    }, readAgainAfter);
    this.timers.add(timer);
  }
}
