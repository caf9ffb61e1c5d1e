import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema } from '../primitives.ts';
import { blockSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page } from './lists.ts';

export const streamSchema = z.object({
  stream: addressSchema,
  owner: addressSchema,
  name: z.string(),
  description: z.string(),
  slotDuration: z.int(),
  partitions: z.int(),
  deleted: z.boolean(),
  /** ENS name that the stream claims; the registry's ensNameOf tells whether it resolves to the stream now. */
  ensName: z.string().nullable(),
  /** Anyone may read, by the stream's own permission at the indexed block. */
  publicRead: z.boolean(),
  createdAt: blockSchema
});
export type StreamRecord = z.infer<typeof streamSchema>;
export const streamQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  owner: addressSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const streamPageSchema = page(streamSchema);

/** Who may decrypt a stream's events now, and the key to which grants are sealed; not its owner, who makes the keys. */
export const recipientSchema = z.object({
  account: addressSchema,
  /** By a licence to an offer, or by the stream's own Read permission. */
  by: z.enum(['license', 'permission']),
  /** The offer of the licence; null with a permission. */
  offerId: bytes32Schema.nullable(),
  /** Unix seconds at which it ends; 1099511627775 never. */
  until: secondsSchema,
  /** X25519; null where a permission's holder has registered none. */
  publicKey: bytes32Schema.nullable()
});
export type RecipientRecord = z.infer<typeof recipientSchema>;
export const recipientQuerySchema = z.object({ limit: limitSchema, cursor: cursorSchema });
export const recipientPageSchema = page(recipientSchema);
