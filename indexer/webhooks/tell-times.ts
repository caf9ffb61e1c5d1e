import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { license } from '../schema/licenses.ts';
import { webhook, webhookDelivery } from '../schema/notices.ts';
import { offer } from '../schema/offers.ts';
import { endCause, expiryCause, isoOf } from './notice-of-message.ts';
import { recordNotice, type Moment } from './record.ts';

/** Licences that are told of in one round. */
const toldAtOnce = 500;
/** Seconds for which it is told afterwards that a licence ran out. */
const reach = 86_400;

const rowSchema = z.object({
  license: z.string(),
  offer: bytes32Schema,
  product: bytes32Schema,
  seller: addressSchema,
  licensee: addressSchema,
  until: z.coerce.number(),
  /** For one webhook: each has its own lead. */
  webhook: z.string()
});

/**
 * Records what only passing time brings: licences that end within a webhook's lead, and licences that ran out. What waits
 * to be sent of licences that were renewed, have ended early or were undone since is withdrawn.
 *
 * @returns how many there were to tell.
 */
export async function tellTimes(database: Database, moment: Moment): Promise<number> {
  return database.transaction(async (transaction) => {
    await withdrawOvertaken(transaction, moment.now);
    const found = async (type: 'license.expiring' | 'license.ended') => {
      const isDue =
        type === 'license.expiring'
          ? sql`${license.until} > ${moment.marketNow} and ${license.until} - ${webhook.lead} <= ${moment.marketNow}`
          : sql`${license.until} <= ${moment.marketNow} and ${license.until} > ${moment.marketNow - reach}
              and ${license.until} * 1000 >= ${webhook.createdAt}`;
      const cause = type === 'license.expiring' ? 'expiry ' : 'end ';
      const { rows } = await transaction.execute(sql`
        select ${license.id} as license, ${license.offer} as offer, ${license.product} as product,
          ${offer.seller} as seller, ${license.licensee} as licensee, ${license.until} as until, ${webhook.id} as webhook
        from ${webhook}, ${license} join ${offer} on ${offer.id} = ${license.offer}
        where ${webhook.disabledAt} is null and ${type} = any(${webhook.kinds}) and ${license.endedEarly} is null
          and (${webhook.account} in (${license.licensee}, ${offer.seller})
            or ${webhook.watched} && array[${license.licensee}, ${offer.seller}, ${license.product}, ${license.offer}, ${license.id}])
          and ${isDue}
          and not exists (select from ${webhookDelivery} where ${webhookDelivery.webhook} = ${webhook.id}
            and ${webhookDelivery.cause} = ${cause} || ${license.id} || ' ' || ${license.until}::text)
        order by ${license.until} limit ${toldAtOnce}`);
      return z.array(rowSchema).parse(rows);
    };
    const expiring = await found('license.expiring');
    for (const { webhook: only, until, ...ids } of expiring) {
      const timestamp = isoOf(moment.marketNow);
      await recordNotice(
        transaction,
        {
          notice: { type: 'license.expiring', timestamp, data: { ...ids, until } },
          cause: expiryCause(ids.license, until),
          ...{ subjects: [], product: null, since: null, only }
        },
        moment
      );
    }
    const ended = await found('license.ended');
    for (const { webhook: only, until, ...ids } of ended) {
      const data = { ...ids, how: 'EXPIRED' as const, until, refund: '0', reasonHash: null };
      await recordNotice(
        transaction,
        {
          notice: { type: 'license.ended', timestamp: isoOf(until), data },
          cause: endCause(ids.license, until),
          ...{ subjects: [], product: null, since: null, only }
        },
        moment
      );
    }
    return expiring.length + ended.length;
  });
}

/** Withdraws notices of coming ends that are not coming any more, so that they may be told should they come after all. */
async function withdrawOvertaken(transaction: Database, now: number): Promise<void> {
  await transaction.execute(sql`
    update ${webhookDelivery} set state = 'withdrawn', next_try = null, cause = cause || ' overtaken at ' || ${now}::text
    where state = 'pending' and type = 'license.expiring' and cause ~ '^expiry [^ ]+ [0-9]+$'
      and not exists (select from ${license} where ${license.endedEarly} is null
        and ${license.id} = split_part(cause, ' ', 2) and ${license.until}::text = split_part(cause, ' ', 3))`);
}
