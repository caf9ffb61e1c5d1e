import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Environment } from '#sdk/protocol/configuration';
import type { SearchEngineName, SearchStatus } from '#sdk/protocol/discovery';
import type { Database } from '../database.ts';
import type { Outbox } from '../outbox/outbox.ts';
import {
  createMeilisearchClient,
  MeilisearchRefusedError,
  MeilisearchUnavailableError,
  type MeilisearchPatience
} from './meilisearch/client.ts';
import { createMeilisearchEngine } from './meilisearch/engine.ts';
import { createMeilisearchFeed, indexesOf } from './meilisearch/feed.ts';
import { createSettingsReader } from './meilisearch/settings.ts';
import { watchMeilisearch, type MeilisearchPace, type MeilisearchWatch } from './meilisearch/watch.ts';
import type { ProductMemory } from './memory/product-memory.ts';
import { createPostgresEngine } from './postgres/engine.ts';
import type { SearchEngine } from './search-engine.ts';

/** Milliseconds between two looks at what changed, where nothing wakes it. */
const feedInterval = 1_000;

export interface SearchOptions {
  readonly configuration: Pick<Environment, 'MEILI_URL' | 'MEILI_KEY' | 'MEILI_INDEX'>;
  readonly database: Database;
  readonly memory: ProductMemory;
  readonly outbox: Pick<Outbox, 'onMessages'>;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Whether this process is the one that fills indexes. */
  leads(): boolean;
  /** How long Meilisearch may take, and how often it is looked at. */
  readonly patience?: MeilisearchPatience;
  readonly pace?: MeilisearchPace;
}

/** How products are found here. */
export interface OpenSearch {
  readonly engine: SearchEngine;
  status(): SearchStatus;
  /** Ends what runs. */
  stop(): Promise<void>;
}

/** Opens the engine that the configuration names: Postgres, or Meilisearch with Postgres in its place when it is away. */
export function openSearch(options: SearchOptions): OpenSearch {
  const { configuration, database, memory, registry, logger } = options;
  const rows = createPostgresEngine(memory);
  const { MEILI_URL: url } = configuration;
  if (url === undefined) {
    const since = Math.floor(Date.now() / 1_000);
    return {
      engine: rows,
      status: () => ({ engine: 'postgres', configured: 'postgres', state: 'ready', reason: null, since }),
      stop: () => Promise.resolve()
    };
  }
  const stopping = new AbortController();
  const client = createMeilisearchClient({
    ...{ url, key: configuration.MEILI_KEY, signal: stopping.signal },
    ...(options.patience === undefined ? {} : { patience: options.patience })
  });
  const indexes = indexesOf(configuration.MEILI_INDEX);
  const readSettings = createSettingsReader(database);
  const watch = watchMeilisearch({
    ...{ database, client, indexes, readSettings, logger },
    ...(options.pace === undefined ? {} : { pace: options.pace })
  });
  const searches = new Counter({
    name: 'indexer_searches',
    help: 'Searches by the engine that answered, and the one that should have.',
    labelNames: ['engine', 'instead_of'],
    registers: [registry]
  });
  new Gauge({
    name: 'indexer_search_ready',
    help: '1 while the engine that is set up answers searches.',
    registers: [registry],
    collect() {
      this.set(watch.isReady() ? 1 : 0);
    }
  });
  const engine = createMeilisearchEngine({
    ...{ client, watch, rows, index: indexes.products },
    onAnswer: (by: SearchEngineName, insteadOf: SearchEngineName | null) => {
      searches.inc({ engine: by, instead_of: insteadOf ?? '' });
    }
  });
  const feeding = feed(options, watch, stopping.signal, () =>
    createMeilisearchFeed({
      ...{ database, client, indexes, readSettings },
      onRebuild: (rebuilt) => {
        if (rebuilt === null) logger.info('the index of Meilisearch is made anew');
        else logger.info(rebuilt, 'the index of Meilisearch was made anew');
      }
    })
  );
  return {
    engine,
    status: watch.status,
    async stop() {
      // first of all, so that what is cut off does not count as a failure
      const watched = watch.stop();
      stopping.abort();
      await feeding;
      await watched;
    }
  };
}

/** Fills the index for as long as this process leads. */
async function feed(
  { outbox, logger, leads }: SearchOptions,
  watch: MeilisearchWatch,
  signal: AbortSignal,
  create: () => ReturnType<typeof createMeilisearchFeed>
): Promise<void> {
  let woken = new AbortController();
  const forget = outbox.onMessages(() => {
    woken.abort();
  });
  let filling: ReturnType<typeof createMeilisearchFeed> | null = null;
  while (await watch.untilAnswering(signal)) {
    woken = new AbortController();
    let more = false;
    try {
      // whoever begins to lead knows nothing of what others wrote
      if (!leads()) filling = null;
      else more = await (filling ??= create()).step();
    } catch (error) {
      if (signal.aborted) break;
      filling = null;
      if (error instanceof MeilisearchUnavailableError || error instanceof MeilisearchRefusedError) watch.failed(error);
      else logger.warn({ error }, 'the index of Meilisearch cannot be brought up to date; trying again');
    }
    if (!more) {
      await sleep(feedInterval, undefined, { signal: AbortSignal.any([signal, woken.signal]) }).catch(() => undefined);
    }
  }
  forget();
}
