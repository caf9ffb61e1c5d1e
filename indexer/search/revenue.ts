import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { mostRevenueBuckets, type RevenueQuery, type SellerRevenue } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { categorySchema } from '#sdk/protocol/product-document';
import { deposit, document, karmaChange, license, offer, product, purchase } from '../schema.ts';
import { boundariesOf, flowKinds, startOfUnit, sumUp } from './revenue-buckets.ts';
import type { View } from './view.ts';

/** Revenue is asked for of more units than are told at once. */
export class RevenueSpanError extends TributaryError {
  readonly code = 'revenue-span-invalid';
  readonly title = 'This is no span of time that revenue is told of';
  override readonly status = 422;
}

/** Units that are told where nobody says from when. */
const usualUnits = 30;

const flowsSchema = z.array(
  z.object({
    slot: z.coerce.number(),
    kind: z.enum(flowKinds),
    amount: z.string().transform(BigInt),
    count: z.coerce.number()
  })
);
const fieldsSchema = z.array(
  z.object({
    category: categorySchema.nullable(),
    subscribers: z.coerce.number(),
    licenses: z.coerce.number(),
    paid: z.string()
  })
);

/**
 * What an account earned by selling, unit by unit, exactly: every amount follows from purchases, deposits and payments.
 *
 * @throws {@link RevenueSpanError} where `from` is not before `to`, or too many units lie between.
 */
export async function revenueOf(view: View, seller: Address, query: RevenueQuery): Promise<SellerRevenue> {
  const { period } = query;
  const now = view.now();
  const to = Math.min(query.to ?? now + 1, now + 1);
  const from = query.from ?? startOfUnit(period, Math.max(0, to - 1), 1 - usualUnits);
  if (from >= to) throw new RevenueSpanError('Ask for a time that begins before it ends, and before now.');
  const shortest = { day: 86_400, week: 7 * 86_400, month: 28 * 86_400 }[period];
  const boundaries = to - from > shortest * mostRevenueBuckets ? [] : boundariesOf(period, from, to);
  if (boundaries.length === 0 || boundaries.length > mostRevenueBuckets + 1) {
    throw new RevenueSpanError(`Ask for at most ${String(mostRevenueBuckets)} units at once, or for longer ones.`);
  }
  const [flows, fields] = await Promise.all([readFlows(view, seller, boundaries, now), readFields(view, seller, now)]);
  return { seller, period, at: now, buckets: sumUp(flows, boundaries, now), fields };
}

/**
 * A licence that was ended early and bought again tells no more when it ended. Settled by the second, what had run was
 * counted for the licensee's karma in that very second, if anything had: the last such moment before the next purchase.
 * Of a deposit that was cut, what flowed back counts from when the licence was ended, or else from its end, a boundary.
 */
async function readFlows({ database }: View, seller: Address, boundaries: readonly number[], now: number) {
  const result = await database.execute(sql`
    with bought as (
      select ${purchase.timestamp} as time, ${purchase.from} as since, ${purchase.until} as until,
        ${purchase.paid} as paid, ${offer.settlement} as settlement, ${offer.pricePerSecond} as price,
        ${offer.id} as offer, ${license.licensee} as licensee, ${license.until} as ended,
        row_number() over course as place,
        min(${purchase.from}) over (course rows between 1 following and unbounded following) as next
      from ${purchase} join ${license} on ${license.id} = ${purchase.license}
        join ${offer} on ${offer.id} = ${license.offer}
      where ${offer.seller} = ${seller}
      window course as (partition by ${purchase.license}
        order by ${purchase.block}, split_part(${purchase.id}, '-', 2)::bigint)
    ), parted as (
      select *, case
        when next < until then coalesce((
          select max(${karmaChange.timestamp}) from ${karmaChange}
          where ${karmaChange.account} = bought.licensee and ${karmaChange.role} = 'BUYER'
            and ${karmaChange.offer} = bought.offer and ${karmaChange.points} > 0
            and ${karmaChange.timestamp} <= bought.next), since)
        when ended < until then ended end as cut
      from bought
    ), ran as (
      select since, greatest(since, least(until, cut)) as through, until, cut, price
      from parted where settlement = 'BY_SECOND' and price > 0
    ), payment as (
      select ${karmaChange.timestamp} as time, ${karmaChange.points} as amount, ${offer.settlement} as settlement
      from ${karmaChange} join ${offer} on ${offer.id} = ${karmaChange.offer}
      where ${karmaChange.account} = ${seller} and ${karmaChange.role} = 'SELLER' and ${karmaChange.points} > 0
        and ${offer.seller} = ${seller} and ${offer.settlement} <> 'AT_ONCE'
    ), held as (
      select ${deposit.closedAt} as closed, ${deposit.refund} as refund,
        case when ${deposit.alone} then ${deposit.amount} - (${deposit.until} - ${deposit.since}) * ${offer.pricePerSecond}
          else 0 end as cut,
        case when ${license.endedEarlyAt} is not null and ${license.until} = ${deposit.until}
          then ${license.endedEarlyAt} else ${deposit.until} end as ended
      from ${deposit} join ${offer} on ${offer.id} = ${deposit.offer}
        join ${license} on ${license.id} = ${deposit.license}
      where ${offer.seller} = ${seller}
    ), flow (time, kind, amount) as (
      select time, 'paid', paid from bought
      union all select time, kind, paid from bought, (values ('earned'), ('withdrawn')) as told (kind)
        where settlement = 'AT_ONCE'
      union all select time, case place when 1 then 'license' else 'renewal' end, 0 from bought
      union all select until, 'ended', 0 from parted where cut is null
      union all select until, 'renewed', 0 from parted where cut is null and next = until
      union all select since, 'rate', price from ran
      union all select since, 'rated', price * since from ran
      union all select through, 'rate', -price from ran
      union all select through, 'rated', -price * through from ran
      union all select cut, 'refunded', (until - through) * price from ran where through < until
      union all select time, 'withdrawn', amount from payment
      union all select time, 'earned', amount from payment where settlement <> 'BY_SECOND'
      union all select ended, 'refunded', cut from held where cut > 0
      union all select closed, 'refunded', refund - cut from held where closed is not null and refund > cut
    )
    select width_bucket(time, array(select value::bigint from json_array_elements_text(${JSON.stringify(boundaries)}::json)))
      as slot, kind, sum(amount)::text as amount, count(*) as count
    from flow where time <= ${now} group by slot, kind`);
  return flowsSchema.parse(result.rows);
}

async function readFields({ database }: View, seller: Address, now: number) {
  const result = await database.execute(sql`
    select ${document.category} as category,
      count(distinct ${license.licensee}) filter (where ${license.until} > ${now}) as subscribers,
      count(*) as licenses, sum(${license.paid})::text as paid
    from ${license} join ${product} on ${product.id} = ${license.product}
      left join ${document} on ${document.hash} = ${product.documentHash} and ${document.state} = 'ready'
    where ${product.seller} = ${seller}
    group by ${document.category} order by sum(${license.paid}) desc, category`);
  return fieldsSchema.parse(result.rows);
}
