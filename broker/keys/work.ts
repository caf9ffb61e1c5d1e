import type { Logger } from 'pino';
import { TributaryError } from '#sdk/protocol/problem';
import { reasonOf } from '../chain/client.ts';

const firstPause = 250;
const longestPause = 10_000;

/**
 * Work that is done one piece after the other and tried again until it succeeds or is refused for good. A piece that is
 * asked for twice before it is begun is done once.
 */
export class Work {
  private readonly logger: Logger;
  private readonly pieces = new Map<string, () => Promise<void>>();
  private running: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private pause = firstPause;
  private stopped = false;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  /** @param name Pieces of the same name are the same piece. */
  add(name: string, piece: () => Promise<void>): void {
    this.pieces.set(name, piece);
    if (this.timer === undefined) this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private run(): void {
    if (this.stopped) return;
    this.running ??= this.runAll().finally(() => {
      this.running = null;
      // Added between the last look and now.
      if (this.pieces.size > 0 && this.timer === undefined) this.run();
    });
  }

  private async runAll(): Promise<void> {
    const failed = new Map<string, () => Promise<void>>();
    for (;;) {
      const next = this.pieces.entries().next();
      if (next.done === true || this.hasStopped()) break;
      const [name, piece] = next.value;
      this.pieces.delete(name);
      try {
        await piece();
        this.pause = firstPause;
      } catch (error) {
        const forGood = error instanceof TributaryError && error.status < 500;
        this.logger.warn({ piece: name, reason: reasonOf(error), again: !forGood }, 'issuing failed');
        if (!forGood) failed.set(name, piece);
      }
    }
    if (failed.size === 0 || this.hasStopped()) return;
    for (const [name, piece] of failed) if (!this.pieces.has(name)) this.pieces.set(name, piece);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.run();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }

  /** A function, since the compiler cannot see that awaiting changes it. */
  private hasStopped(): boolean {
    return this.stopped;
  }
}
