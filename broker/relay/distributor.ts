import type { Logger } from 'pino';
import { PartitionFanOut } from './fan-out.ts';
import type { LogRecord } from './store/event-log.ts';
import type { PartitionTable } from './store/partitions.ts';
import type { Replay } from './store/replay.ts';

/** Milliseconds after which a partition whose commit is uncertain is looked at again. */
const reconcileAfter = 500;

/** The partitions that somebody reads or writes, and what was stored in them last. */
export class Distributor {
  private readonly partitions: PartitionTable;
  private readonly replay: Replay;
  private readonly logger: Logger;
  private readonly delay: number;
  private readonly most: number;
  private readonly open = new Map<number, Promise<PartitionFanOut>>();
  private readonly ready = new Map<number, PartitionFanOut>();
  /** Partitions whose missing events are being read from the log. */
  private readonly reconciling = new Map<number, { again: boolean }>();
  private readonly timers = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(options: { partitions: PartitionTable; replay: Replay; logger: Logger; delay: number; most: number }) {
    this.partitions = options.partitions;
    this.replay = options.replay;
    this.logger = options.logger;
    this.delay = options.delay;
    this.most = options.most;
  }

  /** The fan-out of a partition, with a head that is at least what is stored when this is called. */
  fanOut(partitionId: number): Promise<PartitionFanOut> {
    const known = this.open.get(partitionId);
    if (known !== undefined) return known;
    const opened = this.partitions.nextOf(partitionId).then((next) => {
      const fanOut = new PartitionFanOut(next, this.delay, this.most);
      this.ready.set(partitionId, fanOut);
      return fanOut;
    });
    this.open.set(partitionId, opened);
    opened.catch(() => this.open.delete(partitionId));
    return opened;
  }

  /** Takes a committed batch. Nobody reads a partition that was never opened. */
  committed(partitionId: number, records: readonly LogRecord[]): void {
    const fanOut = this.ready.get(partitionId);
    if (fanOut === undefined) {
      // It is being opened just now, with a head that may or may not count this batch.
      this.open.get(partitionId)?.then(
        () => this.committed(partitionId, records),
        // Opening failed, so nobody reads; whoever tries again begins with a new head.
        () => undefined
      );
      return;
    }
    const fresh = records.filter((record) => record.offset >= fanOut.head);
    const first = fresh[0];
    if (first === undefined) return;
    if (first.offset > fanOut.head || this.reconciling.has(partitionId)) void this.reconcile(partitionId);
    else fanOut.push(fresh);
  }

  /** Looks for events whose commit was not confirmed and may have happened. */
  uncertain(partitionIds: ReadonlySet<number>): void {
    for (const partitionId of partitionIds) this.reconcileLater(partitionId);
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.timers) clearTimeout(timer);
    for (const fanOut of this.ready.values()) fanOut.stop();
  }

  /** Sends on everything that the log holds beyond the head; what is committed meanwhile is found there too. */
  private async reconcile(partitionId: number): Promise<void> {
    const running = this.reconciling.get(partitionId);
    if (running !== undefined) {
      running.again = true;
      return;
    }
    const fanOut = this.ready.get(partitionId);
    if (fanOut === undefined || this.stopped) return;
    const state = { again: false };
    this.reconciling.set(partitionId, state);
    try {
      for (;;) {
        state.again = false;
        const records = await this.replay.page(partitionId, fanOut.head);
        fanOut.push(records);
        if (records.length === 0 && !wasAsked(state)) break;
      }
    } catch (error) {
      this.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'reading the log failed');
      this.reconcileLater(partitionId);
    } finally {
      this.reconciling.delete(partitionId);
    }
  }

  private reconcileLater(partitionId: number): void {
    if (this.stopped) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void this.reconcile(partitionId);
    }, reconcileAfter);
    this.timers.add(timer);
  }
}

/** Whether somebody asked again meanwhile; a function, since the compiler cannot see that awaiting changes it. */
function wasAsked(state: { again: boolean }): boolean {
  return state.again;
}
