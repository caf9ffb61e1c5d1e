import type { Logger } from 'pino';
import pg from 'pg';

/** Milliseconds until a connection that broke is made again: doubled each time. */
const firstPause = 100;
const longestPause = 5_000;

/** What other brokers say on one channel of the database (LISTEN), over a connection of its own that is kept up. */
export class Notifications {
  private readonly pool: pg.Pool;
  private readonly channel: string;
  private readonly logger: Logger;
  private readonly onNotification: (payload: string) => void;
  private readonly onConnected: () => void;
  private client: pg.Client | undefined;
  private starting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private pause = firstPause;
  private stopped = false;

  /**
   * @param channel A plain identifier.
   * @param onConnected Called whenever listening begins anew: what was said before may have been missed.
   */
  constructor(options: {
    pool: pg.Pool;
    channel: string;
    logger: Logger;
    onNotification: (payload: string) => void;
    onConnected: () => void;
  }) {
    this.pool = options.pool;
    this.channel = options.channel;
    this.logger = options.logger;
    this.onNotification = options.onNotification;
    this.onConnected = options.onConnected;
  }

  /** Resolves once it listens. @throws what the driver throws where the database does not answer; it tries on. */
  start(): Promise<void> {
    this.starting ??= this.connect();
    return this.starting;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<void> {
    const client = new pg.Client(this.pool.options);
    this.client = client;
    client.on('notification', ({ payload }) => this.onNotification(payload ?? ''));
    // An error is followed by 'end'.
    client.on('error', (error) => this.logger.warn({ reason: error.message }, 'a database connection broke'));
    client.on('end', () => this.lose(client));
    try {
      await client.connect();
      await client.query(`listen ${this.channel}`);
      this.pause = firstPause;
      this.onConnected();
    } catch (error) {
      this.lose(client);
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  private lose(lost: pg.Client): void {
    if (this.client !== lost) return;
    this.client = undefined;
    this.starting = undefined;
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.start().catch((error: unknown) => {
        this.logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'cannot listen yet');
      });
    }, this.pause);
    this.pause = Math.min(this.pause * 2, longestPause);
  }
}
