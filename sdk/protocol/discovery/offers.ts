import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from '../primitives.ts';
import { settlementSchema } from '../settlement.ts';
import { blockSchema, wholeSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';

/** Terms in the form in which the sdk's Offer has them, but for numbers beyond JSON's as decimal digits. */
export const offerSchema = z.object({
  offerId: bytes32Schema,
  productId: bytes32Schema,
  seller: addressSchema,
  productNumber: z.string(),
  beneficiary: addressSchema,
  pricePerSecond: weiSchema,
  minimumPeriod: z.int(),
  maximumPeriod: z.int(),
  boundary: z.int(),
  feeBasisPoints: z.int(),
  settlement: settlementSchema,
  /** The zero address unless settled by events. Any contract that the seller chose: only the market's own is known. */
  oracle: addressSchema,
  /** Events promised in every deliveryPeriod seconds; 0 unless settled by events. */
  events: wholeSchema,
  deliveryPeriod: z.int(),
  /** EAS schema that a licensee must be attested by; zero where none is demanded. */
  attestationSchema: bytes32Schema,
  attesters: z.array(addressSchema),
  termsHash: bytes32Schema,
  /** CIDv1 of the terms. */
  termsCid: z.string(),
  streams: z.array(addressSchema),
  position: z.int(),
  documentHash: bytes32Schema,
  documentCid: z.string(),
  listed: z.boolean(),
  listedAt: blockSchema,
  /** DATAcoin wei: paid by buyers, flowed back to them, paid out of held money, and gone to the treasury. */
  revenue: weiSchema,
  refunded: weiSchema,
  withdrawn: weiSchema,
  fees: weiSchema
});
export type OfferRecord = z.infer<typeof offerSchema>;

/** An offer in the history of its product. */
export const pastOfferSchema = offerSchema.extend({
  /** Unix seconds at which it was taken off the market; null while it is on sale. */
  retiredAt: secondsSchema.nullable()
});
export type PastOffer = z.infer<typeof pastOfferSchema>;
export const offerQuerySchema = z.object({
  productId: bytes32Schema.optional(),
  seller: addressSchema.optional(),
  stream: addressSchema.optional(),
  /** "true": only those on sale; "false": only retired ones. */
  listed: truthSchema.optional(),
  limit: limitSchema,
  cursor: cursorSchema
});
export const offerPageSchema = page(pastOfferSchema);
