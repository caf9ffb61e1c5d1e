import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { addressSchema, bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { license } from '../schema/licenses.ts';
import { offer } from '../schema/offers.ts';
import { expiryClock } from '../schema/outbox.ts';
import { appendMessages } from './append.ts';
import type { NewMessage } from './messages.ts';

/**
 * Seconds by which the clock may go back without being set back: clocks of instances differ by that much, and blocks that
 * replace others.
 */
const skew = 60;

/** Seconds ahead of its end at which a licence's coming end is told. */
const ahead = [86_400, 3_600, 300] as const;

const rowSchema = z.object({
  license: z.string(),
  offer: bytes32Schema,
  product: bytes32Schema,
  seller: addressSchema,
  licensee: addressSchema,
  until: z.coerce.number(),
  ahead: z.coerce.number()
});

/**
 * Tells of licences that came closer to their end than a day, an hour or five minutes since the last time; of one that
 * passed several of these, the nearest. One that was bought for less is not told of at that distance, since its purchase
 * was. Whoever comes second at the same time finds nothing left to tell. Where time itself went back, since the chain did,
 * what comes near again is told again.
 *
 * @param now Unix seconds of the market; what the tables say must be as new.
 * @returns how many were told.
 */
export async function tellExpiry(database: Database, now: number): Promise<number> {
  return database.transaction(async (transaction) => {
    await transaction.execute(sql`
      insert into ${expiryClock} (id, told) values (1, ${now}) on conflict (id) do nothing`);
    const { rows: clocks } = await transaction.execute(sql`
      select told from ${expiryClock} where id = 1 for update`);
    const [{ told }] = z.tuple([z.object({ told: z.coerce.number() })]).parse(clocks);
    if (told >= now && told - now <= skew) return 0;
    await transaction.execute(sql`update ${expiryClock} set told = ${now} where id = 1`);
    if (told > now) return 0;
    const { rows } = await transaction.execute(sql`
      select ${license.id} as license, ${license.offer} as offer, ${license.product} as product,
        ${offer.seller} as seller, ${license.licensee} as licensee, ${license.until} as until, min(ahead) as ahead
      from ${license} join ${offer} on ${offer.id} = ${license.offer},
        unnest(array[${sql.join(
          ahead.map((seconds) => sql`${seconds}::bigint`),
          sql`, `
        )}]) as ahead
      where ${license.endedEarly} is null and ${license.until} > ${now} and ${license.until} <= ${now + ahead[0]}
        and ${license.until} - ahead > ${told} and ${license.until} - ahead <= ${now}
      group by ${license.id}, ${offer.id}
      order by ${license.until}, ${license.id}`);
    const messages = z
      .array(rowSchema)
      .parse(rows)
      .map((payload): NewMessage => ({ kind: 'licenseExpiring', block: null, time: now, payload }));
    await appendMessages(transaction, messages);
    return messages.length;
  });
}
