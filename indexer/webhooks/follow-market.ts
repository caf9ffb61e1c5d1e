import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../database.ts';
import type { OutboxHandler } from '../outbox/read.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { noticeOf } from './notice-of-message.ts';
import { reconcile } from './reconcile.ts';
import { recordNotice, retractNotice, type Moment } from './record.ts';
import { tellTimes } from './tell-times.ts';

/** Milliseconds between two looks at what only time brings. */
const timesInterval = 2_000;

export interface MarketFollowerOptions {
  readonly database: Database;
  readonly outbox: Pick<Outbox, 'follow'>;
  readonly logger: Logger;
  moment(): Moment;
  leads(): boolean;
  /** Something was recorded, and is visible in a moment. */
  onRecorded(): void;
}

/** Records notices of what the outbox tells, and of what passing time brings. */
export function followMarket(options: MarketFollowerOptions): { stop(): Promise<void> } {
  const { database, outbox, logger, moment, leads, onRecorded } = options;
  const stopping = new AbortController();
  const handler: OutboxHandler = {
    async handle(messages, transaction) {
      for (const message of messages) {
        if (message.kind === 'indexFilled') {
          await reconcile(transaction, `message ${String(message.position)}`, moment());
          continue;
        }
        const notice = noticeOf(message);
        if (notice === null) continue;
        if (message.undoes === null) await recordNotice(transaction, notice, moment());
        else await retractNotice(transaction, notice.cause, `message ${String(message.position)}`, moment().now);
      }
      onRecorded();
    },
    missed: (transaction) => reconcile(transaction, `loss at ${String(moment().now)}`, moment())
  };
  outbox.follow('webhooks', handler);

  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      try {
        if (leads() && (await tellTimes(database, moment())) > 0) onRecorded();
        failing = false;
      } catch (error) {
        if (!failing) logger.warn({ error }, 'licences that end cannot be told of; trying again');
        failing = true;
      }
      await sleep(timesInterval, undefined, { signal: stopping.signal }).catch(() => undefined);
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
