import type { Server } from 'node:http';
import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Deployment } from '#sdk/protocol/deployment';
import type { ChainClient } from '../chain/client.ts';
import { StreamCatalogue } from '../chain/stream-catalogue.ts';
import { StreamTransactions } from '../chain/stream-transactions.ts';
import type { StreamDirectory } from '../chain/streams.ts';
import { Gate } from './accept.ts';
import { Distributor } from './distributor.ts';
import { EraEnds } from './era-ends.ts';
import { EraChangeDesk } from './era-changes.ts';
import { GrantDesk } from './grants.ts';
import { createRelayRoutes } from './http.ts';
import { LiveEventsServer } from './live-events-server.ts';
import type { RelayLimits } from './limits.ts';
import { RelayMetrics } from './metrics.ts';
import { Publisher } from './publish.ts';
import { accountSignatureReader } from './account-signatures.ts';
import { SignaturePool } from './signature-pool.ts';
import { createVerifiers } from './signature-verifiers.ts';
import { ConnectionCount } from './connection-count.ts';
import { Readers, type ReadersOptions } from './readers.ts';
import { Sessions } from './sessions.ts';
import { SocketServer } from './socket-server.ts';
import type { SessionParts } from './socket-session.ts';
import type { EventStore } from './store/event-store.ts';
import type { SealedListener, SealedLog } from './store/sealed-log.ts';

export interface RelayOptions extends Pick<ReadersOptions, 'head' | 'licenseEnd' | 'isIssuer'> {
  readonly deployment: Deployment;
  readonly client: ChainClient;
  readonly streams: StreamDirectory;
  readonly store: EventStore;
  readonly sealedLog: SealedLog;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Host under which people reach the market, for EIP-4361. */
  readonly domain: string;
  /** 32 bytes that all brokers of one store share, under which they make tokens of sessions. */
  readonly sessionSecret: () => Promise<Uint8Array>;
  readonly limits: RelayLimits;
}

export interface Relay {
  readonly grants: GrantDesk;
  readonly eraChanges: EraChangeDesk;
  readonly routes: Hono;
  /** Makes or updates what the store keeps everything in, and follows it. */
  prepare(): Promise<void>;
  /** Accepts WebSockets on the server. */
  attach(server: Server): void;
  /** Closes the WebSockets and waits until everything taken is stored. */
  stop(): Promise<void>;
}

/** The relay: accepts, verifies, stores, replays and passes on events, whose content it cannot read. */
export function createRelay(options: RelayOptions): Relay {
  const { deployment, client, streams, store, sealedLog, clock, limits, logger, registry } = options;
  const metrics = new RelayMetrics(registry);
  const signatures = new SignaturePool({ threads: limits.signatureThreads, logger });
  const { native, table } = createVerifiers(accountSignatureReader(client), signatures);
  if (!native) logger.warn('no native secp256k1 for this platform: signatures are checked by the slower portable one');
  const distributor = new Distributor({ store, logger, delay: limits.fanOutDelay, most: limits.fanOutEvents });
  const grants = new GrantDesk(sealedLog, logger);
  const eraChanges = new EraChangeDesk(sealedLog, logger);
  const { domain, sessionSecret, head, licenseEnd, isIssuer } = options;
  const eraEnds = new EraEnds({ sealedLog, streams, isIssuer, clock });
  const publisher = new Publisher({ gate: new Gate(streams, eraEnds, clock, table), store, metrics, logger });
  const readers = new Readers({ streams, head, licenseEnd, isIssuer, clock, logger });
  const sessions = new Sessions({ client, clock, domain, chainId: deployment.chainId, secret: sessionSecret });
  const parts: SessionParts = {
    streams,
    store,
    distributor,
    grants,
    eraChanges,
    publisher,
    sessions,
    readers,
    clock,
    limits,
    metrics,
    logger
  };
  const sealed: SealedListener = {
    grant: (grant) => {
      eraEnds.grant(grant);
      grants.pass(grant);
    },
    eraChange: (change) => {
      eraEnds.eraChange(change);
      eraChanges.pass(change);
    },
    missed: () => {
      eraEnds.missed();
      grants.look();
      eraChanges.look();
    }
  };
  let unfollow: (() => void) | undefined;
  const connections = new ConnectionCount(limits);
  const live = new LiveEventsServer(parts, connections);
  const sockets = new SocketServer(parts, connections);
  return {
    grants,
    eraChanges,
    routes: createRelayRoutes(parts, live, {
      catalogue: new StreamCatalogue(client, head, deployment),
      transactions: new StreamTransactions(client, head, streams, deployment)
    }),
    prepare: async () => {
      await store.prepare();
      await sealedLog.prepare();
      unfollow ??= await sealedLog.follow(sealed);
    },
    attach: (server) => sockets.attach(server),
    stop: async () => {
      live.stop();
      await sockets.stop();
      await signatures.stop();
      readers.stop();
      await store.drain();
      distributor.stop();
      unfollow?.();
    }
  };
}
