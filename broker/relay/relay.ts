import type { Server } from 'node:http';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Deployment } from '#sdk/protocol/deployment';
import type { ChainClient } from '../chain/client.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import { migrate } from '../database/migrate.ts';
import { Gate } from './accept.ts';
import { Distributor } from './distributor.ts';
import { EraChangeDesk } from './era-changes.ts';
import { GrantDesk } from './grants.ts';
import { createRelayRoutes } from './http.ts';
import { LiveEventsServer } from './live-events-server.ts';
import { defaultLimits, type RelayLimits } from './limits.ts';
import { RelayMetrics } from './metrics.ts';
import { Publisher } from './publish.ts';
import { accountSignatureReader } from './account-signatures.ts';
import { createVerifiers } from './signature-verifiers.ts';
import { Sessions } from './sessions.ts';
import { SocketServer } from './socket-server.ts';
import type { SessionParts } from './socket-session.ts';
import { ActivityReader } from './store/activity.ts';
import { EraChangeLog, eraChangeMigrations } from './store/era-change-log.ts';
import { EventCounter } from './store/event-count.ts';
import { EventLog } from './store/event-log.ts';
import { GrantLog } from './store/grant-log.ts';
import { relayMigrations } from './store/migrations.ts';
import { PartitionTable } from './store/partitions.ts';
import { Replay } from './store/replay.ts';

export interface RelayOptions {
  readonly deployment: Deployment;
  readonly client: ChainClient;
  readonly streams: StreamDirectory;
  readonly pool: pg.Pool;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Host under which people reach the market, for EIP-4361. */
  readonly domain: string;
  /** 32 bytes that all brokers of one store share, under which they make tokens of sessions. */
  readonly sessionSecret: () => Promise<Uint8Array>;
  readonly limits?: Partial<RelayLimits>;
}

export interface Relay {
  readonly grants: GrantDesk;
  readonly eraChanges: EraChangeDesk;
  readonly counter: EventCounter;
  readonly routes: Hono;
  /** Makes or updates the tables. */
  migrate(): Promise<void>;
  /** Accepts WebSockets on the server. */
  attach(server: Server): void;
  /** Closes the WebSockets and waits until everything taken is stored. */
  stop(): Promise<void>;
}

/** The relay: accepts, verifies, stores, replays and passes on events, whose content it cannot read. */
export function createRelay(options: RelayOptions): Relay {
  const { deployment, client, streams, pool, clock, logger, registry } = options;
  const limits: RelayLimits = { ...defaultLimits, ...options.limits };
  const metrics = new RelayMetrics(registry);
  const { native, table } = createVerifiers(accountSignatureReader(client));
  if (!native) logger.warn('no native secp256k1 for this platform: signatures are checked by the slower portable one');
  const partitions = new PartitionTable(pool, deployment.genesisHash);
  const replay = new Replay(pool);
  const distributor = new Distributor({
    partitions,
    replay,
    logger,
    delay: limits.fanOutDelay,
    most: limits.fanOutEvents
  });
  const log = new EventLog({
    pool,
    clock,
    logger,
    mostWaiting: limits.waiting,
    onCommit: (partitionId, records) => distributor.committed(partitionId, records),
    onUncertain: (partitionIds) => distributor.uncertain(partitionIds)
  });
  const grants = new GrantDesk(new GrantLog(pool, deployment.genesisHash));
  const eraChanges = new EraChangeDesk(new EraChangeLog(pool, deployment.genesisHash));
  const publisher = new Publisher({ gate: new Gate(streams, clock, table), log, partitions, metrics, logger });
  const { domain, sessionSecret } = options;
  const sessions = new Sessions({ client, clock, domain, chainId: deployment.chainId, secret: sessionSecret });
  const parts: SessionParts = {
    streams,
    partitions,
    replay,
    distributor,
    grants,
    eraChanges,
    publisher,
    sessions,
    clock,
    limits,
    metrics,
    logger
  };
  const live = new LiveEventsServer(parts);
  const sockets = new SocketServer(parts);
  return {
    grants,
    eraChanges,
    counter: new EventCounter(pool, deployment.genesisHash),
    routes: createRelayRoutes(parts, new ActivityReader(pool, deployment.genesisHash, clock), live),
    migrate: async () => {
      await migrate(pool, 'relay', relayMigrations);
      await migrate(pool, 'era-changes', eraChangeMigrations);
    },
    attach: (server) => sockets.attach(server),
    stop: async () => {
      live.stop();
      await sockets.stop();
      await log.drain();
      distributor.stop();
    }
  };
}
