import { createAdaptorServer, type ServerType } from '@hono/node-server';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { openMarket, type Market } from '#sdk/actions/connect-market';
import type { Configuration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { addressSchema, type Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { followActivity, type ActivityFollower } from './activity/follow-activity.ts';
import { createApplication } from './api/application.ts';
import { usualLimits, type Readiness, type Services } from './api/services.ts';
import { contentFiles } from './content/content-files.ts';
import { fetchDocuments, type DocumentFetcher } from './content/documents.ts';
import { kuboContent } from './content/kubo.ts';
import {
  databaseAnswers,
  DatabaseUnavailableError,
  migrateTables,
  openDatabase,
  type OpenDatabase
} from './database.ts';
import { exposeGauges } from './gauges.ts';
import { trustAttesters } from './identity/trust-attesters.ts';
import { createVerifier, ensRpcOf, type Verifier, type VerifierOptions } from './identity/verifier.ts';
import { followExpiry } from './outbox/follow-expiry.ts';
import { openOutbox, type Outbox } from './outbox/outbox.ts';
import { createRelayer, type Relayer } from './relayer/relayer.ts';
import { readRelayerKey } from './relayer/relayer-key.ts';
import { followProducts } from './saved-searches/follow-products.ts';
import { createSavedSearches } from './saved-searches/searches.ts';
import { keepProductsInMemory, type ProductMemory } from './search/memory/product-memory.ts';
import { openSearch, type OpenSearch } from './search/open-search.ts';
import { keepSearch, type SearchUpkeep } from './search/upkeep.ts';
import type { View } from './search/view.ts';
import { followChain, type Follower } from './sync/follow-chain.ts';
import { seekLeadership, type Leadership } from './sync/leadership.ts';
import { headSources, subscribeToHeads } from './sync/new-heads.ts';
import { openNodes } from './sync/nodes.ts';
import type { Patience } from './sync/chain.ts';
import { followMarket } from './webhooks/follow-market.ts';
import { openWebhookKey } from './webhooks/key.ts';
import type { Schedule } from './webhooks/schedule.ts';
import { sendDeliveries } from './webhooks/sender.ts';
import { createNoticeSessions } from './webhooks/sessions.ts';
import { createWebhooks } from './webhooks/webhooks.ts';

export interface IndexerOptions {
  readonly configuration: Configuration;
  /** The contracts, or a function that reads where they are now: a local chain may be made anew. */
  readonly deployment: Deployment | (() => Promise<Deployment>);
  readonly logger: Logger;
  /** Milliseconds since 1970 by which licences and permissions run; the chain's own time counts where it is ahead. */
  readonly clock?: () => number;
  /** Port on HOST; by default INDEXER_PORT. 0 takes a free one. */
  readonly port?: number;
  /** Milliseconds between two looks at the chain; by default 200 on this machine, 2,000 elsewhere. */
  readonly pollInterval?: number;
  /** Blocks that can be undone; 64 at least makes sense outside tests. */
  readonly reorgDepth?: number;
  readonly limits?: Services['limits'];
  /** Milliseconds that a node of the chain may take to answer. */
  readonly patience?: Patience;
  /** Whether the tables are built anew beside those that are there. */
  readonly rebuild?: boolean;
  /** When webhooks that failed are tried again. */
  readonly schedule?: Schedule;
}

export interface Indexer {
  /** Creates the tables, listens, and begins to follow the chain, which may still be down. */
  start(): Promise<void>;
  /** Ends what runs: no request, transaction or connection is left. */
  stop(): Promise<void>;
  /** Where it listens, after `start`. */
  readonly url: string;
}

/** The port is taken or may not be used. */
export class ListenError extends TributaryError {
  readonly code = 'listen-failed';
  readonly title = 'The indexer cannot listen';
  override readonly status = 500;
}

/** Blocks that the index may lag behind the head and still count as ready. */
const readyLag = 3;
/** Milliseconds after which what was just recorded can be read. */
const visibleAfter = 20;
/** Milliseconds of silence of the chain after which what is served counts as out of date. */
const staleAfter = 10_000;
/** Blocks that can be undone unless said otherwise: two epochs of Ethereum's proof of stake, after which it is final. */
const usualReorgDepth = 128;

/** The discovery service: follows the chain into its tables and answers questions about them. */
export function createIndexer(options: IndexerOptions): Indexer {
  const { configuration, logger, clock = Date.now } = options;
  let open: OpenDatabase | null = null;
  let follower: Follower | null = null;
  let documents: DocumentFetcher | null = null;
  let activity: ActivityFollower | null = null;
  let upkeep: SearchUpkeep | null = null;
  let memory: ProductMemory | null = null;
  let search: OpenSearch | null = null;
  let relayer: Relayer | null = null;
  let verifier: Verifier | null = null;
  let outbox: Outbox | null = null;
  let leadership: Leadership | null = null;
  /** What tells accounts by itself. */
  let telling: readonly { stop(): Promise<void> }[] = [];
  let ending = new AbortController();
  let server: ServerType | null = null;
  let url = '';

  async function readiness(): Promise<Readiness> {
    const state = follower?.state();
    const head = state?.head ?? null;
    const cursor = state?.cursor ?? null;
    const answers = open !== null && (await databaseAnswers(open.database));
    const reason = !answers
      ? 'The database does not answer.'
      : state === undefined
        ? 'The indexer is starting.'
        : (state.fault ??
          (head === null || cursor === null
            ? 'The chain was not read yet.'
            : state.answeredAt !== null && Date.now() - state.answeredAt > staleAfter
              ? `The chain has not answered for ${String(Math.round((Date.now() - state.answeredAt) / 1_000))} seconds.`
              : cursor.number < head.number - readyLag
                ? `Block ${String(cursor.number)} of ${String(head.number)} is indexed.`
                : null));
    const blockOf = (block: { number: number; timestamp: number } | null) =>
      block === null ? null : { number: block.number, timestamp: block.timestamp };
    return {
      reason,
      status: {
        chainId: (await deploymentOf(options)).chainId,
        head: blockOf(head),
        indexed: blockOf(cursor),
        sinceChainAnswered: state === undefined || state.answeredAt === null ? null : Date.now() - state.answeredAt,
        ...(state?.catchingUp ? { catchingUp: state.catchingUp } : {}),
        ...(state?.rebuilding ? { rebuilding: state.rebuilding } : {}),
        ...(search === null ? {} : { search: search.status() }),
        ready: reason === null
      }
    };
  }

  async function start(): Promise<void> {
    if (configuration.DATABASE_URL === undefined) {
      throw new DatabaseUnavailableError('Set DATABASE_URL to the connection string of a Postgres 18 database.');
    }
    open = openDatabase(configuration.DATABASE_URL, (error) => {
      logger.warn({ error }, 'a database connection was lost');
    });
    const { database, pool } = open;
    ending = new AbortController();
    const leads = () => leadership?.leads() === true;
    try {
      await migrateTables(pool);
    } catch (error) {
      throw new DatabaseUnavailableError('Check that Postgres runs at DATABASE_URL and takes connections.', {
        cause: error
      });
    }
    outbox = openOutbox({ database, databaseUrl: configuration.DATABASE_URL, logger });
    const contents =
      configuration.IPFS_API_URL === undefined
        ? contentFiles(join(configuration.DATA_DIRECTORY, 'content'))
        : kuboContent(configuration.IPFS_API_URL);
    memory = keepProductsInMemory(database, logger, configuration.SEARCH_PRODUCTS_IN_MEMORY);
    const registry = new Registry();
    search = openSearch({ configuration, database, memory, outbox, registry, logger, leads });
    const view: View = {
      database,
      engine: search.engine,
      now: () => Math.max(Math.floor(clock() / 1000), follower?.state().cursor?.timestamp ?? 0),
      schemas: () => follower?.state().schemas ?? null
    };
    const rowOptions = () => ({ schemas: view.schemas(), now: view.now() });
    const fetcher = fetchDocuments(database, contents, logger, rowOptions, leads);
    documents = fetcher;
    const counters = followActivity({
      ...{ database, brokerUrl: configuration.BROKER_URL, logger, clock, rowOptions, leads }
    });
    activity = counters;
    upkeep = keepSearch(database, logger, rowOptions);
    const { RELAYER_KEY_FILE, RELAYER_GAS_PER_HOUR: gasPerHour } = configuration;
    if (RELAYER_KEY_FILE !== undefined) {
      const account = await readRelayerKey(RELAYER_KEY_FILE);
      relayer = createRelayer({ account, gasPerHour, registry, logger, clock: Date.now });
      logger.info({ relayer: relayer.account }, 'purchases are carried to the chain');
    }
    const upToDate = async () => (await readiness()).reason === null;
    const identity = await openVerifier(configuration, {
      view,
      market: async () => openedMarket(configuration, await deploymentOf(options)),
      upToDate,
      leads,
      logger,
      clock,
      ensRpcUrl: (chainId) => ensRpcOf(chainId, configuration.CHAIN_URL, configuration.ENS_RPC_URL)
    });
    verifier = identity;
    const trusted = addressesIn(configuration.IDENTITY_ATTESTERS);
    if (identity.account !== null) trusted.push(identity.account);
    // only then is it known which schemas say who somebody is
    let trusting: Promise<void> | null = null;
    const trust = () => {
      trusting ??= trustAttesters(database, trusted, rowOptions).catch((error: unknown) => {
        logger.warn({ error }, 'who may attest could not be written down; trying again with the next block');
        trusting = null;
      });
    };
    const loopbackPort = configuration.WEBHOOK_LOOPBACK_PORT;
    const key = await openWebhookKey(
      configuration.WEBHOOK_KEY_FILE ?? join(configuration.DATA_DIRECTORY, 'webhooks.key')
    );
    const market = async () => openedMarket(configuration, await deploymentOf(options));
    const services: Services = {
      view,
      contents,
      contentStored: fetcher.contentStored,
      readiness,
      registry,
      logger,
      clock: Date.now,
      limits: options.limits ?? usualLimits,
      market,
      relayer,
      verifier: identity,
      outbox,
      sessions: createNoticeSessions({ market, publicUrl: configuration.PUBLIC_URL, key, clock }),
      webhooks: createWebhooks({ database, key, clock, loopbackPort }),
      searches: createSavedSearches({ view, memory, clock })
    };
    server = createAdaptorServer({ fetch: createApplication(services, pool).fetch });
    url = await listen(server, configuration.HOST, options.port ?? configuration.INDEXER_PORT);
    const urls = [configuration.CHAIN_URL, ...(configuration.CHAIN_URLS ?? '').split(',')].filter(Boolean);
    const following = followChain({
      database,
      databaseUrl: configuration.DATABASE_URL,
      nodes: openNodes(urls, {
        logger,
        signal: ending.signal,
        ...(options.patience === undefined ? {} : { patience: options.patience })
      }),
      deployment: () => deploymentOf(options),
      leads,
      logger,
      pollInterval: options.pollInterval ?? (isLocal(configuration.CHAIN_URL) ? 200 : 2_000),
      reorgDepth: options.reorgDepth ?? usualReorgDepth,
      historyDepth: configuration.HISTORY_BLOCKS,
      rebuild: options.rebuild ?? false,
      // a node of this machine is the chain; others may stand behind one address, and not all be as far
      lagPatience: urls.every(isLocal) ? 0 : 10_000,
      onAdvance: () => {
        fetcher.wake();
        counters.wake();
        trust();
      }
    });
    follower = following;
    leadership = seekLeadership({ databaseUrl: configuration.DATABASE_URL, logger, onChange: following.wake });
    const sender = sendDeliveries({
      ...{ database, key, logger, clock, leads, loopbackPort },
      ...(options.schedule === undefined ? {} : { schedule: options.schedule })
    });
    const told = {
      ...{ database, outbox, logger, leads },
      moment: () => ({ now: clock(), marketNow: view.now() }),
      // it is visible once the transaction has ended
      onRecorded: () => setTimeout(sender.wake, visibleAfter).unref()
    };
    const expiry = followExpiry({ database, logger, leads, upToDate, now: view.now });
    telling = [expiry, followMarket(told), followProducts(told), sender];
    for (const head of headSources(urls)) {
      void subscribeToHeads({ url: head, signal: ending.signal, logger, onHead: following.wake });
    }
    exposeGauges(registry, database, follower);
    logger.info({ url }, 'the indexer listens');
  }

  async function stop(): Promise<void> {
    relayer?.stop();
    if (server !== null) await close(server);
    await verifier?.stop();
    verifier = null;
    ending.abort();
    for (const teller of telling) await teller.stop();
    await follower?.stop();
    // only then may another begin
    await leadership?.stop();
    await documents?.stop();
    await activity?.stop();
    await upkeep?.stop();
    await search?.stop();
    await memory?.close();
    await outbox?.close();
    await open?.close();
    server = null;
    follower = null;
    documents = null;
    activity = null;
    upkeep = null;
    memory = null;
    search = null;
    outbox = null;
    leadership = null;
    telling = [];
    open = null;
    relayer = null;
  }

  return {
    get url() {
      return url;
    },
    async start() {
      try {
        await start();
      } catch (error) {
        await stop();
        throw error;
      }
    },
    stop
  };
}

/** Milliseconds for running requests to end. */
const patience = 1_000;

/** Takes no more connections, lets running requests end, and then cuts what is left. */
async function close(server: ServerType): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  if (!('closeAllConnections' in server)) return;
  server.closeIdleConnections();
  const cut = setTimeout(() => {
    server.closeAllConnections();
  }, patience);
  await closed;
  clearTimeout(cut);
}

async function deploymentOf({ deployment }: IndexerOptions): Promise<Deployment> {
  return typeof deployment === 'function' ? deployment() : deployment;
}

/** The market as its buyers see it, under its public address; read from here. */
function openedMarket(configuration: Configuration, deployment: Deployment): Market {
  const { PUBLIC_URL, CHAIN_URL } = configuration;
  return openMarket(
    {
      chainId: deployment.chainId,
      rpcUrl: CHAIN_URL.replace(/^ws/, 'http'),
      deployment,
      brokerUrl: '/broker',
      marketUrl: '/',
      local: deployment.chainId === 31_337
    },
    { baseUrl: PUBLIC_URL }
  );
}

/** What proves who sellers are, as the configuration says. */
async function openVerifier(
  configuration: Configuration,
  parts: Pick<VerifierOptions, 'view' | 'market' | 'upToDate' | 'leads' | 'logger' | 'clock' | 'ensRpcUrl'>
): Promise<Verifier> {
  const file = configuration.IDENTITY_KEY_FILE;
  const account = file === undefined ? null : await readRelayerKey(file, 'IDENTITY_KEY_FILE');
  if (account !== null) parts.logger.info({ verifier: account.address }, 'names of sellers are attested');
  return createVerifier({
    ...parts,
    account,
    gasPerHour: configuration.IDENTITY_GAS_PER_HOUR,
    checkSeconds: configuration.IDENTITY_CHECK_SECONDS,
    graceSeconds: configuration.IDENTITY_GRACE_SECONDS,
    domains: {
      nameServers: (configuration.IDENTITY_DNS_SERVERS ?? '').split(',').filter(Boolean),
      loopbackPort: configuration.IDENTITY_LOOPBACK_PORT
    }
  });
}

function addressesIn(text = ''): Address[] {
  return text
    .split(',')
    .filter(Boolean)
    .map((address) => addressSchema.parse(address));
}

function isLocal(url: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname);
}

async function listen(server: ServerType, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error) => {
      reject(
        new ListenError(`Port ${String(port)} on ${host} cannot be used: ${error.message}. Set INDEXER_PORT.`, {
          cause: error
        })
      );
    });
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `http://${host.includes(':') ? `[${host}]` : host}:${String(bound)}`;
}
