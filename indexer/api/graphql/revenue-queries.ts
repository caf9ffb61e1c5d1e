import * as z from 'zod';
import {
  revenuePeriodSchema,
  revenueQuerySchema,
  type RevenueBucket,
  type SellerRevenue
} from '#sdk/protocol/discovery';
import { addressSchema } from '#sdk/protocol/primitives';
import { revenueOf } from '../../search/revenue.ts';
import { enumeration, parsed } from './arguments.ts';
import type { Builder } from './builder.ts';
import { refusePast } from './refuse-past.ts';

const sellerSchema = z.object({ seller: addressSchema });

/** What sellers earn over time, as GET /v1/sellers/{seller}/revenue says it. */
export function revenueQueries(builder: Builder): void {
  const period = enumeration(builder, 'RevenuePeriod', revenuePeriodSchema.options);
  const bucket = builder.objectRef<RevenueBucket>('RevenueBucket').implement({
    description: "A day, week or month (UTC). Amounts are DATAcoin wei, the market's fee included.",
    fields: (t) => ({
      from: t.expose('from', { type: 'BigInt', description: 'Unix seconds.' }),
      until: t.expose('until', { type: 'BigInt', description: 'Exclusive; in the future for the unit that runs.' }),
      paid: t.expose('paid', { type: 'BigInt', description: 'What buyers paid in.' }),
      earned: t.expose('earned', { type: 'BigInt', description: "What became the seller's." }),
      refunded: t.expose('refunded', { type: 'BigInt', description: 'What flowed back to buyers.' }),
      withdrawn: t.expose('withdrawn', { type: 'BigInt', description: 'What was paid out.' }),
      unearned: t.expose('unearned', { type: 'BigInt', description: 'Held and not earned at its end, or now.' }),
      due: t.expose('due', { type: 'BigInt', description: 'Earned and not withdrawn at its end, or now.' }),
      licenses: t.exposeInt('licenses', { description: 'First purchases of a licence.' }),
      renewals: t.exposeInt('renewals'),
      ended: t.exposeInt('ended', { description: 'Purchases whose time ran out in it.' }),
      renewed: t.exposeInt('renewed', { description: 'Of these, on how many the next followed without a gap.' })
    })
  });
  const subscribers = builder.objectRef<SellerRevenue['fields'][number]>('Subscribers').implement({
    description: 'Who reads now, by the category of the product.',
    fields: (t) => ({
      category: t.exposeString('category', { nullable: true, description: 'Null where no description is known.' }),
      subscribers: t.exposeInt('subscribers', { description: 'Accounts with a licence that runs.' }),
      licenses: t.exposeInt('licenses', { description: 'Ever sold.' }),
      paid: t.expose('paid', { type: 'BigInt', description: 'For all of them, wei.' })
    })
  });
  const revenue = builder.objectRef<SellerRevenue>('SellerRevenue').implement({
    description: 'What an account earned by selling, over time.',
    fields: (t) => ({
      seller: t.expose('seller', { type: 'Bytes' }),
      at: t.expose('at', { type: 'BigInt', description: 'Unix seconds as of which it is told.' }),
      buckets: t.field({ type: [bucket], description: 'Oldest first, no gaps.', resolve: (row) => row.buckets }),
      fields: t.field({ type: [subscribers], description: 'Most paid first.', resolve: (row) => row.fields })
    })
  });
  builder.queryField('sellerRevenue', (t) =>
    t.field({
      type: revenue,
      args: {
        seller: t.arg({ type: 'Bytes', required: true }),
        period: t.arg({ type: period, description: 'DAY by default.' }),
        from: t.arg({ type: 'BigInt', description: 'Unix seconds; by default 30 units before `to`.' }),
        to: t.arg({ type: 'BigInt', description: 'Unix seconds, now by default and at most.' })
      },
      resolve: (_, { seller, ...given }, { view }) => {
        refusePast(view);
        const query = parsed(revenueQuerySchema, given);
        return revenueOf(view, parsed(sellerSchema, { seller }).seller, query);
      }
    })
  );
}
