import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from '../primitives.ts';
import { blockSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';

export const licenseSchema = z.object({
  offerId: bytes32Schema,
  productId: bytes32Schema,
  licensee: addressSchema,
  seller: addressSchema,
  /** Name from the product document, where there is one. */
  productName: z.string().nullable(),
  streams: z.array(addressSchema),
  /** Unix seconds: start of the uninterrupted range, and its end. */
  from: secondsSchema,
  until: secondsSchema,
  publicKey: bytes32Schema,
  /** DATAcoin wei over all purchases of this licence. */
  paid: weiSchema,
  /** DATAcoin wei that flowed back to the licensee. */
  refunded: weiSchema,
  /** DATAcoin wei that the licensee has spent, as far as that was accounted for; settled at once, all that was paid. */
  spent: weiSchema,
  /** Unix seconds up to which a licence settled by the second is accounted for; null before the first time. */
  settledUntil: secondsSchema.nullable(),
  /** How the licensee or the seller ended it early; null otherwise. */
  endedEarly: z
    .object({
      by: z.enum(['licensee', 'seller']),
      /** SHA-256 and CIDv1 of the seller's reason; null when the licensee ended it. */
      reasonHash: bytes32Schema.nullable(),
      reasonCid: z.string().nullable(),
      at: secondsSchema
    })
    .nullable(),
  /** EAS uid of the attestation presented with the latest purchase; null where the offer demands none. */
  attestation: bytes32Schema.nullable(),
  /** The licensee's latest flag, and the seller's answer; null where there is none. */
  flag: z
    .object({
      /** Karma points that the seller was to lose, wei as of the start of the licence. */
      points: weiSchema,
      reasonHash: bytes32Schema,
      reasonCid: z.string(),
      at: secondsSchema,
      answerHash: bytes32Schema.nullable(),
      answerCid: z.string().nullable()
    })
    .nullable(),
  purchases: z.int(),
  purchasedAt: blockSchema,
  transactionHash: bytes32Schema
});
export type LicenseRecord = z.infer<typeof licenseSchema>;
export const licenseQuerySchema = z.object({
  licensee: addressSchema.optional(),
  seller: addressSchema.optional(),
  productId: bytes32Schema.optional(),
  offerId: bytes32Schema.optional(),
  /** "true": only flagged ones. */
  flagged: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const licensePageSchema = page(licenseSchema);
