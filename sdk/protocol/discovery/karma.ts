import * as z from 'zod';
import { categorySchema } from '../product-document.ts';
import { addressSchema, secondsSchema, weiSchema } from '../primitives.ts';
import { blockSchema, wholeSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page } from './lists.ts';

export const karmaRoleSchema = z.enum(['seller', 'buyer', 'broker']);
export type KarmaRoleName = z.infer<typeof karmaRoleSchema>;

/** How far back karma counts: the last day, week or 30 days before a time, or all of it. */
export const karmaPeriods = { day: 86_400, week: 7 * 86_400, month: 30 * 86_400, all: null } as const;
export const karmaPeriodSchema = z.enum(['day', 'week', 'month', 'all']);
export type KarmaPeriod = z.infer<typeof karmaPeriodSchema>;

/** Points at a time: how they came, and how they fade. */
export const karmaCourseSchema = z.array(z.object({ at: secondsSchema, points: weiSchema }));

export const karmaSchema = z.object({
  account: addressSchema,
  role: karmaRoleSchema,
  /** Points, wei, at the time that was asked for: decayed, and 0 below one DATA. To about 15 digits. */
  points: weiSchema,
  /** What accounts are ranked by: the units that count by field and period. */
  units: wholeSchema,
  /** Sums of points earned and taken, wei, each as of its own time, by field and period. */
  earned: weiSchema,
  taken: weiSchema,
  changedAt: blockSchema,
  /** Points of the account in this role over time, whatever the field; there where `course` asked for it. */
  course: karmaCourseSchema.optional()
});
export type KarmaRecord = z.infer<typeof karmaSchema>;

/** A number of points of a line. */
const courseLength = z.coerce.number().int().min(2).max(96);

export const karmaQuerySchema = z.object({
  role: karmaRoleSchema.default('seller'),
  account: addressSchema.optional(),
  /** Only karma that came through products of this category, by the description of the offer that was paid. */
  field: categorySchema.optional(),
  period: karmaPeriodSchema.default('all'),
  /**
   * Unix seconds, now by default. In the past: what was earned and taken until then, decayed until then. In the future:
   * what is there now, decayed until then.
   */
  at: z.coerce.number().pipe(secondsSchema).optional(),
  /** How many points of each account's course are told: from 30 days before `at` to 30 days after it. */
  course: courseLength.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const karmaPageSchema = page(karmaSchema);
