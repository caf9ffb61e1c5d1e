import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { SearchStatus } from '#sdk/protocol/discovery';
import type { Database } from '../../database.ts';
import type { MeilisearchClient } from './client.ts';
import { readIndexStanding, readSource, type MeilisearchIndexes } from './feed.ts';
import type { WantedSettings } from './settings.ts';

export interface MeilisearchPace {
  /** Milliseconds between two looks; before the first one after a failure, and at most. */
  readonly look: number;
  readonly firstRetry: number;
  readonly longestRetry: number;
  /** Milliseconds for which the index may lack a change. */
  readonly lagMost: number;
}
const usualPace: MeilisearchPace = { look: 1_000, firstRetry: 500, longestRetry: 30_000, lagMost: 15_000 };
/** Milliseconds between two lines in the log about refusals. */
const refusalPause = 60_000;

export interface MeilisearchWatchOptions {
  readonly database: Database;
  readonly client: MeilisearchClient;
  readonly indexes: MeilisearchIndexes;
  /** See createSettingsReader. */
  readSettings(): Promise<WantedSettings>;
  readonly logger: Logger;
  readonly pace?: MeilisearchPace;
  /** Milliseconds. */
  clock?(): number;
}

/** Whether Meilisearch can be asked. */
export interface MeilisearchWatch {
  /** Whether it answers, and holds the products as they are or were a moment ago. */
  isReady(): boolean;
  status(): SearchStatus;
  /** A search was answered. */
  answered(): void;
  /** A request failed: it is left alone for a while, longer after each failure. */
  failed(error: unknown): void;
  /** It refused a request that it cannot answer; others it may. */
  refused(error: unknown): void;
  /** Ends when it may be asked again, at once where it may be now. @returns false when it is to end. */
  untilAnswering(signal: AbortSignal): Promise<boolean>;
  stop(): Promise<void>;
}

/** Looks again and again whether Meilisearch answers and how far its index is. What changes is logged, once. */
export function watchMeilisearch(options: MeilisearchWatchOptions): MeilisearchWatch {
  const { database, client, indexes, readSettings, logger, pace = usualPace, clock = Date.now } = options;
  const stopping = new AbortController();
  let state: SearchStatus['state'] = 'filling';
  let reason: string | null = 'Meilisearch was not asked yet.';
  let since = Math.floor(clock() / 1_000);
  let failures = 0;
  let retryAt = 0;
  let refusalToldUntil = 0;
  /** Positions of the tables that were seen and that the index has not reached, and when, in milliseconds. */
  let seen: { readonly position: number; readonly at: number }[] = [];

  function become(next: SearchStatus['state'], why: string | null): void {
    const changed = next !== state;
    reason = why;
    if (!changed) return;
    state = next;
    since = Math.floor(clock() / 1_000);
    if (next === 'ready') logger.info('Meilisearch finds the products');
    else logger.warn({ state: next, reason: why }, 'Postgres finds the products instead of Meilisearch');
  }

  function failed(error: unknown): void {
    if (stopping.signal.aborted) return;
    failures += 1;
    const wait = Math.min(pace.longestRetry, pace.firstRetry * 2 ** Math.min(failures - 1, 20));
    retryAt = clock() + wait;
    seen = [];
    if (state !== 'away') logger.warn({ error }, 'Meilisearch failed');
    // strangers read this, too: what exactly failed is in the log
    become('away', 'Meilisearch does not answer as it should.');
  }

  async function look(): Promise<void> {
    const { version } = await readSettings();
    const { source, position } = await readSource(database);
    const held = await readIndexStanding(client, indexes).catch((error: unknown) => {
      failed(error);
      return undefined;
    });
    if (held === undefined) return;
    if (held === null || held.source !== source || held.version !== version || held.position > position) {
      seen = [];
      become('filling', 'The index of Meilisearch is being made.');
      return;
    }
    if (position > (seen.at(-1)?.position ?? held.position)) seen.push({ position, at: clock() });
    const before = seen.length;
    seen = seen.filter((one) => one.position > held.position);
    const [oldest] = seen;
    const isLate = oldest !== undefined && clock() - oldest.at > pace.lagMost;
    // only what was seen here is known to be recent: at first it has to reach what there was
    const reached = oldest === undefined || before > seen.length;
    if (state === 'ready' ? !isLate : reached) become('ready', null);
    else if (state === 'ready') become('behind', 'The index of Meilisearch lacks changes of some time ago.');
    else if (state !== 'behind') become('behind', 'The index of Meilisearch is being brought up to date.');
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      const wait = retryAt - clock();
      if (state !== 'away' || wait <= 0) {
        await look().catch((error: unknown) => {
          // the database: searches say so themselves
          logger.debug({ error }, 'the standing of search cannot be read');
        });
      }
      const pause = state === 'away' ? Math.min(pace.look, Math.max(1, retryAt - clock())) : pace.look;
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    isReady: () => state === 'ready',
    status: () => ({
      engine: state === 'ready' ? 'meilisearch' : 'postgres',
      configured: 'meilisearch',
      ...{ state, reason, since }
    }),
    answered() {
      failures = 0;
    },
    failed,
    refused(error) {
      if (clock() < refusalToldUntil) return;
      refusalToldUntil = clock() + refusalPause;
      logger.warn({ error }, 'Meilisearch refused a search, which Postgres answered');
    },
    async untilAnswering(signal) {
      while (!signal.aborted && state === 'away' && retryAt > clock()) {
        await sleep(Math.min(pace.look, Math.max(1, retryAt - clock())), undefined, { signal }).catch(() => undefined);
      }
      return !signal.aborted;
    },
    async stop() {
      stopping.abort();
      await running;
    }
  };
}
