import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import { tellExpiry } from './tell-expiry.ts';

/** Milliseconds between two looks at the clock. */
const interval = 1_000;

export interface ExpiryFollowerOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** Unix seconds of the market. */
  now(): number;
  leads(): boolean;
  /** Whether the tables are as new as the clock. Until they are, licences in them may have been renewed or ended. */
  upToDate(): Promise<boolean>;
}

/** Tells through the outbox what no block brings: that licences end soon. What passed meanwhile is told afterwards. */
export function followExpiry(options: ExpiryFollowerOptions): { stop(): Promise<void> } {
  const { database, logger, now, leads, upToDate } = options;
  const stopping = new AbortController();

  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        if (leads() && (await upToDate())) await tellExpiry(database, now());
        failing = false;
      } catch (error) {
        if (!failing) logger.warn({ error }, 'coming ends of licences cannot be told; trying again');
        failing = true;
      }
      await sleep(interval, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    }
  };
}
