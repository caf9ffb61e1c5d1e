import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from '../primitives.ts';
import { blockSchema, wholeSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';

/** What was paid for a range of time that is settled by events. */
export const depositSchema = z.object({
  offerId: bytes32Schema,
  licensee: addressSchema,
  since: secondsSchema,
  until: secondsSchema,
  /** Cut by the licence's early end: judged by itself when it is closed. */
  alone: z.boolean(),
  /** DATAcoin wei: paid, gone to the seller, flowed back. The first is the sum of the others once it is closed. */
  amount: weiSchema,
  spent: weiSchema,
  refund: weiSchema,
  /** Unix seconds; null while it is open. */
  closedAt: secondsSchema.nullable()
});
export type DepositRecord = z.infer<typeof depositSchema>;
export const depositQuerySchema = z.object({
  licensee: addressSchema.optional(),
  seller: addressSchema.optional(),
  offerId: bytes32Schema.optional(),
  /** "true": only those that are not closed; "false": only closed ones. */
  open: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const depositPageSchema = page(depositSchema);

/** Deposits with one offer, start and end: judged and paid out together. */
export const cohortSchema = z.object({
  offerId: bytes32Schema,
  since: secondsSchema,
  until: secondsSchema,
  /** How many deposits are in it. */
  deposits: z.int(),
  /** DATAcoin wei paid out of it, fees included. */
  released: weiSchema,
  fees: weiSchema,
  /** Unix seconds up to which delivery was judged; null before the first time. */
  judgedUntil: secondsSchema.nullable(),
  /** Nothing more can be earned. */
  final: z.boolean()
});
export type CohortRecord = z.infer<typeof cohortSchema>;
export const cohortQuerySchema = z.object({
  seller: addressSchema.optional(),
  offerId: bytes32Schema.optional(),
  final: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const cohortPageSchema = page(cohortSchema);

/** A count of the market's own delivery oracle. */
export const deliveryReportSchema = z.object({
  stream: addressSchema,
  /** Unix seconds before which the events were counted, in decimal digits. */
  time: wholeSchema,
  count: wholeSchema,
  reportedAt: blockSchema
});
export type DeliveryReportRecord = z.infer<typeof deliveryReportSchema>;
export const deliveryReportQuerySchema = z.object({
  stream: addressSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const deliveryReportPageSchema = page(deliveryReportSchema);
