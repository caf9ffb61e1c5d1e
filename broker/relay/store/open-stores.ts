import type { Logger } from 'pino';
import type pg from 'pg';
import type { Configuration } from '#sdk/protocol/configuration';
import type { Hex } from '#sdk/protocol/primitives';
import type { EventStore, Retention, RetentionPolicy } from './event-store.ts';
import { JetStreamEventStore } from './jetstream/jetstream-event-store.ts';
import { JetStreamSealedLog } from './jetstream/jetstream-sealed-log.ts';
import { NatsLink } from './jetstream/nats-link.ts';
import type { SealedLog } from './sealed-log.ts';
import { PostgresEventStore } from './postgres/postgres-event-store.ts';
import { PostgresSealedLog } from './postgres/postgres-sealed-log.ts';

/** Where a broker keeps events, and what issuers sealed. */
export interface Stores {
  readonly store: EventStore;
  readonly sealedLog: SealedLog;
  /** Ends what runs in the background, after the store was drained. */
  stop(): Promise<void>;
}

/**
 * Opens the stores that are configured: JetStream where NATS_URL names one, else Postgres.
 *
 * @param options.mostWaiting Bytes that may wait to be stored.
 * @throws NatsConfigurationError
 */
export function openStores(options: {
  configuration: Configuration;
  pool: pg.Pool;
  genesisHash: Hex;
  clock: () => number;
  logger: Logger;
  mostWaiting: number;
}): Stores {
  const { configuration, pool, genesisHash, clock, logger, mostWaiting } = options;
  const { NATS_URL, NATS_CREDENTIALS_FILE, NATS_MONITORING_URL, NATS_REPLICAS: replicas } = configuration;
  const policy = policyOf(configuration);
  if (NATS_URL === undefined) {
    const store = new PostgresEventStore({ pool, genesisHash, clock, logger, mostWaiting, policy });
    const sealedLog = new PostgresSealedLog(pool, genesisHash, logger);
    return {
      store,
      sealedLog,
      stop: async () => {
        await store.stop();
        await sealedLog.stop();
      }
    };
  }
  const nats = new NatsLink(NATS_URL, NATS_CREDENTIALS_FILE, logger);
  const store = new JetStreamEventStore({
    nats,
    genesisHash,
    replicas,
    monitoringUrl: NATS_MONITORING_URL,
    clock,
    logger,
    mostWaiting,
    usualRetention: policy.usual,
    mostRetention: policy.most
  });
  const sealedLog = new JetStreamSealedLog({ nats, genesisHash, replicas, logger });
  return {
    store,
    sealedLog,
    stop: async () => {
      await store.stop();
      await sealedLog.stop();
      await nats.stop();
    }
  };
}

function policyOf(configuration: Configuration): RetentionPolicy {
  const bounds = (seconds: number | undefined, bytes: number | undefined): Retention => ({
    ...(seconds !== undefined && { seconds }),
    ...(bytes !== undefined && { bytes })
  });
  return {
    usual: bounds(configuration.RETENTION_SECONDS, configuration.RETENTION_BYTES),
    most: bounds(configuration.RETENTION_MOST_SECONDS, configuration.RETENTION_MOST_BYTES)
  };
}
