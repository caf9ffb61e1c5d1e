import { and, lt, ne, sql } from 'drizzle-orm';
import { webhookLimits } from '#sdk/protocol/webhooks';
import type { Database } from '../database.ts';
import { webhookDelivery } from '../schema/notices.ts';

/** Milliseconds by which the chain's clock may be behind this machine's. */
const chainBehind = 86_400_000;

/**
 * Drops deliveries that are old and wait for nothing. That a licence ends soon may be told weeks before: this is kept until
 * the licence has ended, or it would be told again.
 *
 * @param now Unix milliseconds.
 */
export async function dropDeliveries(database: Database, now: number): Promise<void> {
  // as expiryCause writes it
  const endOf = sql`substring(${webhookDelivery.cause} from '^expiry [^ ]+ ([0-9]{1,15})$')::bigint`;
  await database
    .delete(webhookDelivery)
    .where(
      and(
        lt(webhookDelivery.createdAt, now - webhookLimits.kept),
        ne(webhookDelivery.state, 'pending'),
        sql`coalesce(${endOf} < ${Math.floor((now - chainBehind) / 1_000)}, true)`
      )
    );
}
