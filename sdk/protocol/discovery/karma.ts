import * as z from 'zod';
import { addressSchema, secondsSchema, weiSchema } from '../primitives.ts';
import { blockSchema, wholeSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page } from './lists.ts';

export const karmaRoleSchema = z.enum(['seller', 'buyer', 'broker']);
export const karmaSchema = z.object({
  account: addressSchema,
  role: karmaRoleSchema,
  /** Points, wei, at the time that was asked for: decayed, and 0 below one DATA. To about 15 digits. */
  points: weiSchema,
  /** Balance by which accounts are ranked, at any time. */
  units: wholeSchema,
  /** Sums of points earned and taken, wei, each as of its own time. */
  earned: weiSchema,
  taken: weiSchema,
  changedAt: blockSchema
});
export type KarmaRecord = z.infer<typeof karmaSchema>;
export const karmaQuerySchema = z.object({
  role: karmaRoleSchema.default('seller'),
  account: addressSchema.optional(),
  /** Unix seconds at which points are told, if nothing were earned or taken until then; now by default. */
  at: z.coerce.number().pipe(secondsSchema).optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const karmaPageSchema = page(karmaSchema);
