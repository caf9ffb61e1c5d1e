import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Configuration, ConfigurationError } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { createChainClient } from './chain/client.ts';
import { ChainHead } from './chain/head.ts';
import { LicenseDirectory } from './chain/licenses.ts';
import { StreamDirectory } from './chain/streams.ts';
import { migrate } from './database/migrate.ts';
import { openPool } from './database/pool.ts';
import { Preparation } from './database/preparation.ts';
import { readSharedSecret, sharedSecretMigrations } from './database/shared-secret.ts';
import { createDelivery } from './delivery/delivery.ts';
import { readMetricsToken } from './http/metrics-access.ts';
import { addOperations, listen } from './http/operations.ts';
import { createKeys } from './keys/keys.ts';
import { createForeignGrantRoutes } from './relay/foreign-grants.ts';
import { defaultLimits, type RelayLimits } from './relay/limits.ts';
import { createRelay } from './relay/relay.ts';
import { readSecretFile } from './secret-file.ts';
import { openStores } from './relay/store/open-stores.ts';

export interface BrokerOptions {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
  /** Unix milliseconds; the machine's clock unless a test brings its own. */
  readonly clock?: () => number;
  readonly logger: Logger;
  /** Port to listen on instead of BROKER_PORT; 0 takes a free one. */
  readonly port?: number;
  /** Bounds other than the usual ones. */
  readonly limits?: Partial<RelayLimits>;
  /** Running licences from which on a new era is given to all at once instead of one by one. */
  readonly eraChangeFrom?: number;
}

export interface Broker {
  /** Listens. The database or the chain may still be down: both are tried again until they answer. */
  start(): Promise<void>;
  /** Stores what it took, says goodbye, and closes everything it opened. */
  stop(): Promise<void>;
  /** Address under which it answers on this machine, once started: http://127.0.0.1:port. */
  readonly url: string;
  readonly port: number;
}

/**
 * Wires relay, keys and delivery into one broker. The relay carries and stores what it cannot read; keys reads secrets
 * and hands sealed grants to the relay; delivery attests how many events the relay stored, in numbers that the relay
 * gives. Functions made here are all that is between them.
 *
 * @throws ConfigurationError where DATABASE_URL is missing, or METRICS_TOKEN_FILE or SESSION_KEY_FILE holds no token.
 */
export function createBroker(options: BrokerOptions): Broker {
  const { configuration, deployment, logger, clock = Date.now } = options;
  if (configuration.DATABASE_URL === undefined) {
    throw new ConfigurationError('Set DATABASE_URL to a Postgres 18 or newer; npm start does so by itself.');
  }
  const metricsToken =
    configuration.METRICS_TOKEN_FILE === undefined ? undefined : readMetricsToken(configuration.METRICS_TOKEN_FILE);
  const sessionKey =
    configuration.SESSION_KEY_FILE === undefined
      ? undefined
      : readSecretFile(configuration.SESSION_KEY_FILE, 'SESSION_KEY_FILE');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pool = openPool(configuration.DATABASE_URL, logger);
  const client = createChainClient(configuration, deployment);
  const head = new ChainHead(client, deployment, logger);
  const streams = new StreamDirectory(client, head, deployment);
  const licenses = new LicenseDirectory(client, head, deployment);
  const limits: RelayLimits = { ...defaultLimits, ...options.limits };
  const { genesisHash } = deployment;
  const stores = openStores({ configuration, pool, genesisHash, clock, logger, mostWaiting: limits.waiting });
  const { store, sealedLog } = stores;
  const relay = createRelay({
    deployment,
    client,
    head,
    streams,
    licenseEnd: (stream, account) => licenses.endOf(stream, account),
    isIssuer: (stream, account) => account === keys.account && keys.served.includes(stream),
    store,
    sealedLog,
    clock,
    limits,
    logger,
    registry,
    domain: new URL(configuration.PUBLIC_URL).host,
    sessionSecret: () =>
      sessionKey === undefined ? readSharedSecret(pool, 'sessions') : Promise.resolve(Buffer.from(sessionKey))
  });
  const keys = createKeys({
    configuration,
    deployment,
    client,
    head,
    streams,
    pool,
    clock,
    logger,
    registry,
    grants: {
      deliver: (grant) => relay.grants.deliver(grant),
      find: (stream, account) => relay.grants.find(stream, account)
    },
    eraChanges: {
      deliver: (change) => relay.eraChanges.deliver(change),
      find: (stream) => relay.eraChanges.find(stream)
    },
    ...(options.eraChangeFrom !== undefined && { eraChangeFrom: options.eraChangeFrom })
  });
  const delivery = createDelivery({
    configuration,
    deployment,
    client,
    head,
    pool,
    clock,
    logger,
    registry,
    countEvents: (stream, time, storedBefore) => store.countBefore(stream, time, storedBefore)
  });

  const preparation = new Preparation(pool, logger, async () => {
    await migrate(pool, 'shared-secrets', sharedSecretMigrations);
    await relay.prepare();
    await keys.migrate();
    await delivery.migrate();
    keys.begin();
    delivery.begin();
  });
  let stopped = false;

  const app = new Hono();
  const crossOrigin = cors({
    origin: '*',
    exposeHeaders: ['x-first-offset', 'x-next-offset', 'retry-after', 'ratelimit', 'ratelimit-policy'],
    maxAge: 86_400
  });
  // Live events write their answer by themselves, this header included: a response made anew would be sent once more.
  app.use((context, next) =>
    context.req.method === 'GET' && context.req.path.endsWith('/events/live') ? next() : crossOrigin(context, next)
  );
  addOperations(app, {
    name: 'broker',
    logger,
    registry,
    metricsToken,
    isPrepared: () => preparation.isDone,
    // Keys and deliveries are kept in Postgres, wherever the events are.
    troubles: async () => [(await preparation.trouble()) ?? (await store.trouble()), head.unavailable],
    // The broker serves all the same: what waits is money, for at most the seven days of the escrow.
    warnings: () => [delivery.warning, store.warning]
  });
  app.route('/', relay.routes);
  app.route('/', keys.routes);
  app.route('/', createForeignGrantRoutes({ streams, grants: relay.grants, eraChanges: relay.eraChanges, clock }));
  app.route('/', delivery.routes);

  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => void listener(request, response));
  relay.attach(server);

  return {
    get port() {
      return (server.address() as AddressInfo | null)?.port ?? 0;
    },
    get url() {
      return `http://127.0.0.1:${String(this.port)}`;
    },
    start: async () => {
      await keys.prepare();
      await delivery.prepare();
      await preparation.start();
      await head.start();
      await listen(server, options.port ?? configuration.BROKER_PORT, configuration.HOST, 'BROKER_PORT');
    },
    stop: async () => {
      // Whoever cleans up may not know that it was stopped before.
      if (stopped) return;
      stopped = true;
      preparation.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await relay.stop();
      await stores.stop();
      await head.stop();
      await keys.stop();
      await delivery.stop();
      server.closeAllConnections();
      if (server.listening) await closed;
      await pool.end();
    }
  };
}
