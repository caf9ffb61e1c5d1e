import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';

/** Any number: all indexers of one database agree on it. */
const leaderLock = 7_236_511;
/** Milliseconds between two tries to become the one that writes. */
const tryInterval = 500;
const connectPatience = 5_000;
/**
 * Postgres ends the session of a machine that fell silent after about ten seconds, rather than after two hours. It takes
 * effect on TCP; where the process alone ends, the connection ends with it at once.
 */
const keepalives = '-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3';

/** Which of several indexers of one database writes. */
export interface Leadership {
  /** Whether this one does. It may have ended a moment ago: what is written is checked against the cursor as well. */
  leads(): boolean;
  /** Gives it up, so that another takes it within a second. */
  stop(): Promise<void>;
}

export interface LeadershipOptions {
  /** Connection string of the database. */
  readonly databaseUrl: string;
  readonly logger: Logger;
  /** Called whenever it begins or ends. */
  onChange(): void;
}

/**
 * Seeks to be the one indexer that writes: holds an advisory lock of Postgres on a session of its own, which ends with
 * the process, however that ends.
 */
export function seekLeadership({ databaseUrl, logger, onChange }: LeadershipOptions): Leadership {
  const stopping = new AbortController();
  let leading = false;
  let told = false;

  function change(to: boolean): void {
    if (leading === to) return;
    leading = to;
    logger.info(to ? 'this indexer writes' : 'this indexer does not write any more');
    onChange();
  }

  async function session(): Promise<void> {
    const client = new pg.Client({
      connectionString: databaseUrl,
      keepAlive: true,
      connectionTimeoutMillis: connectPatience,
      application_name: 'tributary-leader',
      options: keepalives
    });
    const over = new AbortController();
    client.on('error', () => {
      over.abort();
    });
    client.on('end', () => {
      over.abort();
    });
    try {
      await client.connect();
      while (!over.signal.aborted && !stopping.signal.aborted) {
        if (!leading) {
          const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [
            leaderLock
          ]);
          if (rows[0]?.held === true) change(true);
          else if (!told) {
            told = true;
            logger.info('another indexer writes; this one answers, and takes over when that one ends');
          }
        }
        const signal = AbortSignal.any([over.signal, stopping.signal]);
        await sleep(leading ? 2 ** 30 : tryInterval, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      change(false);
      await client.end().catch(() => undefined);
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await session();
      } catch (error) {
        logger.debug({ error }, 'the session that decides who writes broke');
      }
      await sleep(tryInterval, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    leads: () => leading,
    async stop() {
      stopping.abort();
      await running;
    }
  };
}
