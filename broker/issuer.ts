import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import type { Logger } from 'pino';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Configuration, ConfigurationError } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { createChainClient } from './chain/client.ts';
import { ChainHead } from './chain/head.ts';
import { StreamDirectory } from './chain/streams.ts';
import { migrate } from './database/migrate.ts';
import { openPool } from './database/pool.ts';
import { Preparation } from './database/preparation.ts';
import { readMetricsToken } from './http/metrics-access.ts';
import { addOperations, listen } from './http/operations.ts';
import { Courier } from './keys/courier.ts';
import { createKeys } from './keys/keys.ts';
import { Outbox, outboxMigrations } from './keys/outbox.ts';

export interface SellerIssuerOptions {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
  /** Unix milliseconds; the machine's clock unless a test brings its own. */
  readonly clock?: () => number;
  readonly logger: Logger;
  /** Port to listen on instead of ISSUER_PORT; 0 takes a free one. */
  readonly port?: number;
  readonly eraChangeFrom?: number;
}

/** How far it is, for whoever watches. */
export interface IssuerProgress {
  /** Newest block known; null before the first. */
  readonly block: number | null;
  /** Whether this process issues: another one with the same vault may. */
  readonly leads: boolean;
  readonly streams: readonly Address[];
  /** Pieces of work and licences that wait. */
  readonly waiting: number;
  /** What some broker has not got yet. */
  readonly undelivered: number;
  /** What stands in the way. */
  readonly troubles: readonly string[];
}

export interface SellerIssuer {
  /** Opens the vault and begins. Database, chain and brokers may be down: they are tried again until they answer. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Account that signs what is issued: sellers give it the Grant permission on their streams. */
  readonly account: Address;
  /** Address under which it answers on this machine, once started. */
  readonly url: string;
  progress(): Promise<IssuerProgress>;
}

/**
 * A seller's own issuer: makes the keys of the seller's streams, follows the chain, and hands sealed grants to brokers,
 * which learn no key. It begins a new era by itself when somebody is to be cut off.
 *
 * @throws ConfigurationError where DATABASE_URL or SELLER_ACCOUNTS is missing.
 */
export function createSellerIssuer(options: SellerIssuerOptions): SellerIssuer {
  const { configuration, deployment, logger, clock = Date.now } = options;
  const { DATABASE_URL, SELLER_ACCOUNTS, METRICS_TOKEN_FILE } = configuration;
  if (DATABASE_URL === undefined) {
    throw new ConfigurationError('Set DATABASE_URL to a Postgres 18 or newer; npm run issue does so by itself.');
  }
  if (SELLER_ACCOUNTS === undefined) {
    throw new ConfigurationError('Set SELLER_ACCOUNTS to the accounts that own the streams to serve.');
  }
  const urls = [...new Set((configuration.ISSUE_TO ?? configuration.BROKER_URL).split(','))].map((url) =>
    url.replace(/\/+$/, '')
  );
  const metricsToken = METRICS_TOKEN_FILE === undefined ? undefined : readMetricsToken(METRICS_TOKEN_FILE);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const pool = openPool(DATABASE_URL, logger);
  const client = createChainClient(configuration, deployment);
  const head = new ChainHead(client, deployment, logger);
  const streams = new StreamDirectory(client, head, deployment);
  const outbox = new Outbox(pool, deployment.genesisHash, urls, () => {
    for (const courier of couriers) courier.wake();
  });
  const couriers = urls.map((url) => new Courier({ outbox, url, logger }));
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
    grants: outbox.grants,
    eraChanges: outbox.eraChanges,
    folder: 'seller',
    sellers: {
      accounts: SELLER_ACCOUNTS.split(',').map((account) => addressSchema.parse(account)),
      gather: configuration.ERA_GATHER,
      lead: configuration.ERA_LEAD
    },
    ...(options.eraChangeFrom !== undefined && { eraChangeFrom: options.eraChangeFrom })
  });
  new Gauge({
    name: 'tributary_issuer_undelivered',
    help: 'Grants and era changes that some broker has not got yet',
    registers: [registry],
    async collect() {
      this.set(await outbox.count().catch(() => Number.NaN));
    }
  });

  const preparation = new Preparation(pool, logger, async () => {
    await keys.migrate();
    await migrate(pool, 'outbox', outboxMigrations);
    await outbox.prepare();
    keys.begin();
    for (const courier of couriers) courier.start();
  });
  let stopped = false;

  const app = new Hono();
  addOperations(app, {
    name: 'issuer',
    logger,
    registry,
    metricsToken,
    isPrepared: () => preparation.isDone,
    troubles: async () => [await preparation.trouble(), head.unavailable],
    // What a broker does not take now is kept for it.
    warnings: () => couriers.map((courier) => courier.unavailable)
  });
  app.route('/', keys.routes);
  const listener = getRequestListener(app.fetch);
  const server = createServer((request, response) => void listener(request, response));

  return {
    get account() {
      return keys.account;
    },
    get url() {
      return `http://127.0.0.1:${String((server.address() as AddressInfo | null)?.port ?? 0)}`;
    },
    progress: async () => {
      const troubles = [
        await preparation.trouble(),
        head.unavailable,
        ...couriers.map((courier) => courier.unavailable)
      ];
      return {
        block: head.unavailable === null ? head.head.number : null,
        leads: keys.leads,
        streams: keys.served,
        waiting: keys.waiting,
        undelivered: preparation.isDone ? await outbox.count().catch(() => Number.NaN) : 0,
        troubles: troubles.filter((trouble) => trouble !== null)
      };
    },
    start: async () => {
      await keys.prepare();
      await preparation.start();
      await head.start();
      // Nobody else has business here.
      await listen(server, options.port ?? configuration.ISSUER_PORT, '127.0.0.1', 'ISSUER_PORT');
    },
    stop: async () => {
      if (stopped) return;
      stopped = true;
      preparation.stop();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await head.stop();
      await keys.stop();
      await Promise.all(couriers.map((courier) => courier.stop()));
      server.closeAllConnections();
      if (server.listening) await closed;
      await pool.end();
    }
  };
}
