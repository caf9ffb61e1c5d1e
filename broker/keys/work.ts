import type { Logger } from 'pino';
import { TributaryError } from '#sdk/protocol/problem';
import { reasonOf } from '../chain/client.ts';

type Piece = () => Promise<void>;
/** Urgent is what somebody waits for, later what would be good to have done. */
export type Urgency = 'urgent' | 'later';

const firstPause = 250;
const longestPause = 10_000;
/** Pieces that run at the same time: waiting for the chain costs little then, and the relay still gets at the database. */
const atOnce: Readonly<Record<Urgency, number>> = { urgent: 6, later: 2 };

/**
 * Pieces of work, some at the same time, tried again until they succeed or are refused for good. A piece that is asked
 * for twice before it is begun is done once; pieces of one name never run at the same time. What is urgent waits neither
 * for what is to be done later nor for what failed.
 */
export class Work {
  private readonly logger: Logger;
  private readonly onFailure: () => void;
  private readonly waiting: Readonly<Record<Urgency, Map<string, Piece>>> = { urgent: new Map(), later: new Map() };
  private readonly running: Readonly<Record<Urgency, Map<string, Promise<void>>>> = {
    urgent: new Map(),
    later: new Map()
  };
  private readonly failed = new Map<string, { piece: Piece; urgency: Urgency }>();
  private timer: NodeJS.Timeout | undefined;
  private pause = firstPause;
  private stopped = false;

  /** @param onFailure Called with whatever failed, before it is tried again. */
  constructor(logger: Logger, onFailure: () => void = () => undefined) {
    this.logger = logger;
    this.onFailure = onFailure;
  }

  /** Pieces that wait or failed. */
  get size(): number {
    return this.waiting.urgent.size + this.waiting.later.size + this.failed.size;
  }

  /** Forgets what was not begun, and what failed. */
  clear(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.urgent.clear();
    this.waiting.later.clear();
    this.failed.clear();
  }

  /** @param name Pieces of the same name are the same piece. */
  add(name: string, piece: Piece, urgency: Urgency = 'urgent'): void {
    this.failed.delete(name);
    if (urgency === 'urgent') this.waiting.later.delete(name);
    this.waiting[this.waiting.urgent.has(name) ? 'urgent' : urgency].set(name, piece);
    this.begin();
  }

  /** Begins nothing more, and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.all([...this.running.urgent.values(), ...this.running.later.values()]);
  }

  /** Begins as many pieces as may run. */
  private begin(): void {
    for (const urgency of ['urgent', 'later'] as const) {
      const running = this.running[urgency];
      while (!this.stopped && running.size < atOnce[urgency]) {
        const next = this.next(urgency);
        if (next === undefined) break;
        const [name, piece] = next;
        this.waiting[urgency].delete(name);
        // Not before it is among those that run: a piece may ask for more.
        const ended = Promise.resolve()
          .then(() => this.run(name, piece, urgency))
          .finally(() => {
            running.delete(name);
            this.begin();
          });
        running.set(name, ended);
      }
    }
  }

  /** The piece that waits longest and of whose name none runs. */
  private next(urgency: Urgency): [string, Piece] | undefined {
    for (const entry of this.waiting[urgency]) {
      if (!this.running.urgent.has(entry[0]) && !this.running.later.has(entry[0])) return entry;
    }
    return undefined;
  }

  private async run(name: string, piece: Piece, urgency: Urgency): Promise<void> {
    try {
      await piece();
      if (this.failed.size === 0) this.pause = firstPause;
    } catch (error) {
      this.onFailure();
      const forGood = error instanceof TributaryError && error.status < 500;
      this.logger.warn({ piece: name, reason: reasonOf(error), again: !forGood }, 'issuing failed');
      if (!forGood) this.tryLater(name, piece, urgency);
    }
  }

  private tryLater(name: string, piece: Piece, urgency: Urgency): void {
    // Asked for again while it ran: that one is still to come.
    if (this.stopped || this.waiting.urgent.has(name) || this.waiting.later.has(name)) return;
    this.failed.set(name, { piece, urgency });
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      const again = [...this.failed];
      this.failed.clear();
      for (const [failedName, failed] of again) this.waiting[failed.urgency].set(failedName, failed.piece);
      this.begin();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }
}
