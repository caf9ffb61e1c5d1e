import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from '../primitives.ts';
import { blockSchema, wholeSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';

export const wishAnswerSchema = z.object({
  /** From 1. */
  number: wholeSchema,
  productId: bytes32Schema,
  /** Name from the product document, where there is one. */
  productName: z.string().nullable(),
  seller: addressSchema,
  beneficiary: addressSchema,
  /** DATAcoin wei released to it. */
  released: weiSchema,
  answeredAt: blockSchema
});
export const wishSchema = z.object({
  /** From 1. */
  wish: wholeSchema,
  asker: addressSchema,
  descriptionHash: bytes32Schema,
  descriptionCid: z.string(),
  /** Unix seconds until which it can be backed and answered. */
  deadline: secondsSchema,
  /** DATAcoin wei: all that was put behind it and did not flow back, and what of it is still held. */
  total: weiSchema,
  held: weiSchema,
  /** The part of what is held that follows the majority: the rest. */
  following: weiSchema,
  /** The rest shall go to an answer: which, and from when it can be paid; null where none is proposed. */
  rest: z.object({ answer: wholeSchema, payableAt: secondsSchema }).nullable(),
  /** DATAcoin wei paid as the rest so far. */
  restReleased: weiSchema,
  answers: z.array(wishAnswerSchema),
  madeAt: blockSchema
});
export type WishRecord = z.infer<typeof wishSchema>;
export const wishQuerySchema = z.object({
  asker: addressSchema.optional(),
  backer: addressSchema.optional(),
  /** A seller that answered. */
  seller: addressSchema.optional(),
  /** "true": only those that can be backed now. */
  open: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const wishPageSchema = page(wishSchema);

export const wishStakeSchema = z.object({
  wish: wholeSchema,
  backer: addressSchema,
  /** DATAcoin wei that the backer can release or take back. */
  stake: weiSchema,
  /** It follows the majority. */
  follows: z.boolean(),
  released: weiSchema,
  refunded: weiSchema,
  /** Number of the answer that it was last released to; null before. */
  answer: wholeSchema.nullable(),
  changedAt: blockSchema
});
export type WishStakeRecord = z.infer<typeof wishStakeSchema>;
export const wishStakeQuerySchema = z.object({
  wish: wholeSchema.optional(),
  backer: addressSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const wishStakePageSchema = page(wishStakeSchema);
