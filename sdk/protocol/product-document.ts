import * as z from 'zod';
import { placeSchema } from './geography.ts';
import { licensePolicySchema } from './license-policy.ts';
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

/** Content id of one raw block: CIDv1, SHA-256, base32. */
const contentIdSchema = z.string().regex(/^b[a-z2-7]{58}$/, 'must be a CIDv1 of a raw block');

/** A day (RFC 3339 full-date) or a moment (date-time). */
const timeSchema = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** What part of the world and of time the data speak of. */
export const coverageSchema = z.object({
  /** Points and boxes on the map. */
  places: z.array(placeSchema).max(32).optional(),
  /** Region subtags as in BCP 47: countries by ISO 3166-1 ("CH"), larger regions by UN M49 ("150" is Europe). */
  regions: z
    .array(z.string().regex(/^(?:[A-Z]{2}|[0-9]{3})$/, 'must be a country such as "CH" or a region such as "150"'))
    .max(64)
    .optional(),
  /** Time that the observations are of; open where an end is absent. A live stream that is not played back has none. */
  time: z
    .object({ from: timeSchema.optional(), until: timeSchema.optional() })
    .refine(
      ({ from, until }) => from === undefined || until === undefined || Date.parse(from) <= Date.parse(until),
      'must end after it begins'
    )
    .optional()
});
export type Coverage = z.infer<typeof coverageSchema>;

/**
 * The document that describes a product: UTF-8 JSON on IPFS as one raw block (CIDv1), at most 128 KiB; its SHA-256
 * stands in OfferListed. Everything in it is the seller's claim. Fields that came later are optional, so that documents
 * of before stay valid under the same version.
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
  coverage: coverageSchema.optional(),
  /** An image of at most 128 KiB as one raw block, and what it shows in words. */
  picture: z.object({ cid: contentIdSchema, alt: z.string().trim().max(200).default('') }).optional(),
  /** The terms of use in a form for machines (ODRL); the text at the offer's termsHash decides. */
  policy: licensePolicySchema.optional(),
  /** Per stream, in the order of the offer: how its events look. */
  streams: z
    .array(
      z.object({
        address: addressSchema,
        /** Content id of the schema that the events follow, as their content type names it; see content-codec.ts. */
        schema: contentIdSchema.optional(),
        /** Seconds between events of this stream, where it differs from the product's cadence. */
        cadence: z.number().positive().max(31_536_000).optional(),
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
