import * as z from 'zod';
import { addressSchema, secondsSchema, weiSchema } from '../primitives.ts';
import { categorySchema } from '../product-document.ts';

/** Calendar units by which revenue is told, in UTC; weeks begin on Monday. */
export const revenuePeriodSchema = z.enum(['day', 'week', 'month']);
export type RevenuePeriod = z.infer<typeof revenuePeriodSchema>;

/** As many units as one answer tells. */
export const mostRevenueBuckets = 400;

const given = z.coerce.number().pipe(secondsSchema).optional();

export const revenueQuerySchema = z.object({
  period: revenuePeriodSchema.default('day'),
  /** Unix seconds; the unit in which it lies is told whole. By default 30 units before `to`. */
  from: given,
  /** Unix seconds, now by default and at most; the unit in which the second before it lies is the last. */
  to: given
});
export type RevenueQuery = z.output<typeof revenueQuerySchema>;

/** One unit of time. Amounts are DATAcoin wei, the market's fee included. */
export const revenueBucketSchema = z.object({
  /** Unix seconds; `until` is exclusive, and lies in the future for the unit that still runs. */
  from: secondsSchema,
  until: secondsSchema,
  /** What buyers paid in. */
  paid: weiSchema,
  /**
   * What became the seller's: at once, the price with the purchase; by the second, what ran; by events, what was
   * judged to be delivered.
   */
  earned: weiSchema,
  /** What flowed back to buyers. */
  refunded: weiSchema,
  /** What was paid out: at once, the price with the purchase. */
  withdrawn: weiSchema,
  /** What is held and not earned, and what is earned and not withdrawn, at the end of the unit or now. */
  unearned: weiSchema,
  due: weiSchema,
  /** First purchases of a licence, and further ones. */
  licenses: z.int(),
  renewals: z.int(),
  /** Purchases whose time ran out in the unit, and those of them on which the next followed without a gap. */
  ended: z.int(),
  renewed: z.int()
});
export type RevenueBucket = z.infer<typeof revenueBucketSchema>;

/** Who reads now, by the category of the product. */
export const subscribersSchema = z.object({
  /** Null where the product has no description that the index knows. */
  category: categorySchema.nullable(),
  /** Accounts with a licence that runs. */
  subscribers: z.int(),
  /** Licences ever sold, and what was paid for them, wei. */
  licenses: z.int(),
  paid: weiSchema
});

/** What an account earned by selling, over time. */
export const sellerRevenueSchema = z.object({
  seller: addressSchema,
  period: revenuePeriodSchema,
  /** Unix seconds as of which it is told. */
  at: secondsSchema,
  /** Oldest first, without gaps. */
  buckets: z.array(revenueBucketSchema),
  /** Most paid first. */
  fields: z.array(subscribersSchema)
});
export type SellerRevenue = z.infer<typeof sellerRevenueSchema>;
