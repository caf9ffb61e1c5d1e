import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { reasonOf } from '../chain/client.ts';

/** Milliseconds between two tries to become the one that issues, and between two looks whether the connection stands. */
const tryInterval = 500;
const lookInterval = 2_000;
/** Milliseconds within which the database must answer. */
const answerTimeout = 5_000;
const longestPause = 5_000;

export interface LeadershipOptions {
  /** Address of the Postgres that the candidates share. */
  readonly databaseUrl: string;
  /** Candidates of one name are rivals: a chain and an issuer. */
  readonly name: string;
  readonly logger: Logger;
  /** Called when this candidate becomes the one that issues. */
  readonly onGain: () => Promise<void>;
  /** Called when it is not any more: another one may be by now. */
  readonly onLose: () => void;
  /** Called with what {@link Leadership.tell} was told, here or by another candidate; null where something was missed. */
  readonly onNews: (news: string | null) => void;
}

/**
 * Of several processes with the same issuer on one database, one issues at a time: the one that holds an advisory lock of
 * Postgres, on a connection of its own. When its process ends, however it ends, the server gives the lock to another.
 *
 * One that lost its connection without noticing may issue beside the next one for a moment. That does no harm: what is
 * issued is stored once, and the first stays.
 */
export class Leadership {
  private readonly options: LeadershipOptions;
  private readonly channel: string;
  private client: pg.Client | undefined;
  private leading = false;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(options: LeadershipOptions) {
    this.options = options;
    this.channel = 'tributary_issuer';
  }

  /** Whether this is the candidate that issues. */
  get leads(): boolean {
    return this.leading;
  }

  /** Tries to become the one, until it is stopped. */
  start(): void {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.stopping.abort();
    // Closing the connection ends a question that is not answered.
    this.end();
    await this.running;
  }

  /** Tells all candidates something, this one among them. @throws as pg where the database is away. */
  async tell(pool: pg.Pool, news: string): Promise<void> {
    await pool.query('select pg_notify($1, $2)', [this.channel, `${this.options.name} ${news}`]);
  }

  /**
   * Does something while no other candidate does such a thing: what is read from the vault and written back.
   *
   * @throws what the piece throws, and as pg where the database is away.
   */
  async alone<T>(pool: pg.Pool, piece: () => Promise<T>): Promise<T> {
    const client = await pool.connect();
    try {
      await client.query('begin');
      await client.query('select pg_advisory_xact_lock(hashtextextended($1, 2))', [this.options.name]);
      const result = await piece();
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  private async run(): Promise<void> {
    const { logger } = this.options;
    let failures = 0;
    while (!this.stopped) {
      try {
        await this.connect();
        failures = 0;
        await this.serve();
      } catch (error) {
        failures += 1;
        if (!this.ended() && failures === 1) {
          logger.warn({ reason: reasonOf(error) }, 'the database of the issuer does not answer; trying again');
        }
      }
      this.lose();
      this.end();
      await this.pause(Math.min(tryInterval * 2 ** Math.min(failures, 5), longestPause));
    }
  }

  private async connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.options.databaseUrl,
      connectionTimeoutMillis: answerTimeout,
      query_timeout: answerTimeout,
      keepAlive: true
    });
    this.client = client;
    // A connection that breaks says so here as well as to the next question.
    client.on('error', () => {
      this.lose();
    });
    client.on('end', () => {
      this.lose();
    });
    client.on('notification', ({ channel, payload = '' }) => {
      const prefix = `${this.options.name} `;
      if (channel === this.channel && payload.startsWith(prefix)) this.options.onNews(payload.slice(prefix.length));
    });
    await client.connect();
    await client.query(`listen ${this.channel}`);
    // What was told before the connection stood was not heard.
    this.options.onNews(null);
  }

  private async serve(): Promise<void> {
    const { name, logger, onGain } = this.options;
    while (!this.stopped && this.client !== undefined) {
      if (this.leading) await this.client.query('select 1');
      else {
        const { rows } = await this.client.query<{ locked: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, 1)) as locked',
          [name]
        );
        if (rows[0]?.locked === true) {
          this.leading = true;
          logger.info('this process issues');
          await onGain();
        }
      }
      await this.pause(this.leading ? lookInterval : tryInterval);
    }
  }

  /** A call, since it changes while others are awaited. */
  private ended(): boolean {
    return this.stopped;
  }

  private lose(): void {
    if (!this.leading) return;
    this.leading = false;
    if (!this.stopped) this.options.logger.warn('this process does not issue any more');
    this.options.onLose();
  }

  private end(): void {
    const client = this.client;
    this.client = undefined;
    client?.end().catch(() => undefined);
  }

  private async pause(milliseconds: number): Promise<void> {
    // Stopping ends the pause.
    await sleep(milliseconds, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
