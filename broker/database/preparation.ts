import type { Logger } from 'pino';
import type pg from 'pg';
import { reasonOf } from '../chain/client.ts';
import { poolTrouble } from './pool.ts';

/** Longest pause, milliseconds, between two tries to reach the database. */
const longestPause = 5_000;

/** Makes the tables and begins the work on them, as soon as the database answers. */
export class Preparation {
  private readonly prepare: () => Promise<void>;
  private readonly pool: pg.Pool;
  private readonly logger: Logger;
  private done = false;
  private stopped = false;
  private retry: NodeJS.Timeout | undefined;

  /** @param prepare May be called several times, after having failed anywhere. */
  constructor(pool: pg.Pool, logger: Logger, prepare: () => Promise<void>) {
    this.pool = pool;
    this.logger = logger;
    this.prepare = prepare;
  }

  get isDone(): boolean {
    return this.done;
  }

  /** @returns After the first try; where that failed, others follow until one succeeds. */
  async start(pause = 250): Promise<void> {
    try {
      await this.prepare();
      this.done = true;
    } catch (error) {
      this.logger.warn({ reason: reasonOf(error) }, 'the database cannot be prepared; trying again');
      if (this.stopped) return;
      this.retry = setTimeout(() => void this.start(Math.min(pause * 2, longestPause)), pause);
    }
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retry);
  }

  /** Why the database does not serve now, as a sentence for operators; null if it does. */
  async trouble(): Promise<string | null> {
    if (!this.done) return 'The database has not answered yet, or its tables could not be made.';
    return poolTrouble(this.pool);
  }
}
