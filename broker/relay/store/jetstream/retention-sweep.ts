import type { Logger } from 'pino';
import { eventLimits } from '#sdk/protocol/event';
import type { Span } from '../event-store.ts';
import { awayError, type NatsLink } from './nats-link.ts';
import type { Names } from './names.ts';
import type { PartitionReader } from './partition-reader.ts';
import type { StoredPartitions } from './stored-partitions.ts';

/** Milliseconds between two sweeps of one broker. */
const sweepEvery = 600_000;
/**
 * Milliseconds for which events are kept out of sight, so that their copies are still recognised: as long as a copy may
 * come, and an hour for clocks that differ.
 */
const keptFor = eventLimits.behind + eventLimits.ahead + 3_600_000;

/** Removes from the disk what no retention lets anybody see, by cutting off the beginnings of streams. */
export class RetentionSweep {
  private readonly nats: NatsLink;
  private readonly names: Names;
  private readonly partitions: StoredPartitions;
  private readonly span: (reader: PartitionReader) => Promise<Span | null>;
  private readonly clock: () => number;
  private readonly logger: Logger;
  private readonly timer: NodeJS.Timeout;
  private running: Promise<void> | null = null;

  /** @param span What may be seen of a partition. */
  constructor(options: {
    nats: NatsLink;
    names: Names;
    partitions: StoredPartitions;
    span: (reader: PartitionReader) => Promise<Span | null>;
    clock: () => number;
    logger: Logger;
  }) {
    this.nats = options.nats;
    this.names = options.names;
    this.partitions = options.partitions;
    this.span = options.span;
    this.clock = options.clock;
    this.logger = options.logger;
    this.timer = setInterval(() => {
      this.running ??= this.sweep()
        .catch((error: unknown) => {
          this.logger.warn({ reason: awayError(error).message }, 'removing old events failed');
        })
        .finally(() => (this.running = null));
    }, sweepEvery);
    this.timer.unref();
  }

  /** Looks at every partition once. */
  async sweep(): Promise<void> {
    for (const reader of await this.partitions.of('*')) await this.cut(reader);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async cut(reader: PartitionReader): Promise<void> {
    const [span, head, tail] = await Promise.all([this.span(reader), reader.head(), reader.tail()]);
    if (span === null || head === null || tail === null || head.after.next > span.first) return;
    const since = this.clock() - keptFor;
    const stays = await reader.search(({ next, storedAt }) => next <= span.first && storedAt < since);
    // The newest message says which offset comes next, so it stays.
    const seq = Math.min(stays?.seq ?? tail.seq, tail.seq);
    if (seq <= head.seq) return;
    const { manager } = await this.nats.open();
    const { purged } = await this.nats.answer(manager.streams.purge(this.names.partition(reader.place), { seq }));
    this.logger.info({ stream: reader.place.stream, partition: reader.place.partition, purged }, 'removed old events');
  }
}
