import * as z from 'zod';
import { addressSchema } from './primitives.ts';

export const categories = [
  'finance',
  'transport',
  'weather',
  'social',
  'sensors',
  'science',
  'energy',
  'other'
] as const;
export const categorySchema = z.enum(categories);
export type Category = z.infer<typeof categorySchema>;

/**
 * The document that describes a product: UTF-8 JSON on IPFS as one raw block (CIDv1), at most 128 KiB; its SHA-256
 * stands in OfferListed. Everything in it is the seller's claim.
 */
export const productDocumentSchema = z.object({
  version: z.literal(1),
  name: z.string().trim().min(1).max(120),
  /** One sentence for cards and search results, plain text. */
  summary: z.string().trim().min(1).max(280),
  /** Markdown. */
  description: z.string().max(20_000).default(''),
  category: categorySchema,
  tags: z.array(z.string().trim().toLowerCase().min(1).max(32)).max(12).default([]),
  /** Name under which the seller presents itself, unverified. */
  sellerName: z.string().trim().max(80).optional(),
  /** True where the stream plays back recorded data. */
  recorded: z.boolean().default(false),
  /** Where the data come from: a sentence, and a link. */
  source: z
    .object({
      name: z.string().max(200),
      url: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .optional()
    })
    .optional(),
  /** Seconds between events that the seller promises. */
  cadence: z.number().positive().max(31_536_000).optional(),
  /** BCP 47 tags of languages in the data. */
  languages: z.array(z.string().max(35)).max(10).default([]),
  contact: z.string().max(200).optional(),
  /** Per stream, in the order of the offer: how its events look. */
  streams: z
    .array(
      z.object({
        address: addressSchema,
        /** Content id of the schema that the events follow, as their content type names it; see content-codec.ts. */
        schema: z
          .string()
          .regex(/^b[a-z2-7]{58}$/)
          .optional(),
        /** Contents of some past events, as the seller chose them. */
        sample: z.array(z.record(z.string(), z.unknown())).max(20).default([]),
        /** Per field of the content: meaning and unit. */
        fields: z
          .array(
            z.object({
              name: z.string().max(64),
              description: z.string().max(200).default(''),
              unit: z.string().max(32).optional()
            })
          )
          .max(64)
          .default([])
      })
    )
    .min(1)
    .max(64)
});
export type ProductDocument = z.infer<typeof productDocumentSchema>;

/** Bytes that a product document or a terms document may have: one raw block, so that the CID is a plain SHA-256. */
export const documentLimit = 128 * 1024;
