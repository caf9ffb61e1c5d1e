import * as z from 'zod';
import { addressSchema, bytes32Schema, weiSchema } from '../primitives.ts';
import { boundingBoxSchema, positionSchema } from '../geography.ts';
import { categorySchema, productDocumentSchema } from '../product-document.ts';
import { settlementSchema } from '../settlement.ts';
import { attestationSchema } from './attestations.ts';
import { blockSchema } from './chain-values.ts';
import { languageSchema, priceBandSchema, productFacetsSchema, regionSchema, updateRateSchema } from './facets.ts';
import { identitySchema } from './identities.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';
import { livenessSchema } from './liveness.ts';
import { offerSchema } from './offers.ts';

/** How far the product document got: still fetched, there, not to be had, or not what it should be. */
export const documentStateSchema = z.enum(['pending', 'ready', 'missing', 'invalid']);

export const productSchema = z.object({
  productId: bytes32Schema,
  seller: addressSchema,
  /** The offer on sale, or the last one. */
  offer: offerSchema,
  documentState: documentStateSchema,
  /** Null unless the document is ready. */
  document: productDocumentSchema.nullable(),
  /** Running licences at the indexed block. */
  licensees: z.int(),
  /** DATAcoin wei paid so far for all its offers. */
  revenue: weiSchema,
  listedAt: blockSchema,
  /** Karma points of the seller now, wei. */
  sellerKarma: weiSchema,
  /** What anybody attests of the seller now, the newest first; at most 20. What it is worth depends on the attester. */
  sellerAttestations: z.array(attestationSchema),
  /** What is proved of the seller now, by the word of attesters that the market trusts, the newest first. */
  sellerIdentities: z.array(identitySchema),
  /** Null until the broker was asked about a stream of it. */
  liveness: livenessSchema.nullable(),
  /** How its licensees fared, over all its offers. */
  record: z.object({
    licenses: z.int(),
    /** Purchases that prolonged a licence. */
    renewals: z.int(),
    /** Licences that were flagged for bad data. */
    flags: z.int(),
    /** DATAcoin wei that flowed back to licensees. */
    refunded: weiSchema
  })
});
export type Product = z.infer<typeof productSchema>;

/** What can find products. */
export const searchEngineNameSchema = z.enum(['postgres', 'meilisearch']);
export type SearchEngineName = z.infer<typeof searchEngineNameSchema>;

/** "popular" is by purchases; "busiest" by events in 24 hours; "karma" by the seller's. "cheapest" is by price. */
export const productSortSchema = z.enum(['relevance', 'newest', 'cheapest', 'popular', 'karma', 'busiest']);

/** Numbers with commas between them, as in an address line. */
const numbers = <T extends z.ZodType<unknown, number[]>>(schema: T) =>
  z
    .string()
    .max(200)
    .regex(/^-?[0-9.]+(?:,-?[0-9.]+)*$/, 'must be numbers with commas between them')
    .transform((list) => list.split(',').map(Number))
    .pipe(schema);

export const productQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  category: categorySchema.optional(),
  tag: z.string().trim().toLowerCase().max(32).optional(),
  seller: addressSchema.optional(),
  stream: addressSchema.optional(),
  /** "true": only free ones; "false": only paid ones. */
  free: truthSchema.optional(),
  /** Band of the price. */
  price: priceBandSchema.optional(),
  /** DATAcoin wei per second. */
  minPrice: weiSchema.optional(),
  maxPrice: weiSchema.optional(),
  settlement: settlementSchema.optional(),
  /** "true": only of sellers whose domain, organisation or ENS name is attested. */
  verified: truthSchema.optional(),
  /** "true": only those whose events flow now. */
  live: truthSchema.optional(),
  rate: updateRateSchema.optional(),
  region: regionSchema.optional(),
  language: languageSchema.optional(),
  /** Longitude, latitude: only what covers a place within `within` kilometres of it. */
  near: numbers(positionSchema).optional(),
  /** Kilometres. */
  within: z.coerce.number().min(0.1).max(5_000).default(50),
  /** West, south, east, north: only what covers a place in this box. */
  bbox: numbers(boundingBoxSchema).optional(),
  /** "true": retired products too. */
  retired: truthSchema.default('false'),
  sort: productSortSchema.default('relevance'),
  limit: limitSchema,
  cursor: cursorSchema
});
export type ProductQuery = z.input<typeof productQuerySchema>;

/** A text in pieces, those that match marked. */
export const highlightSchema = z.array(z.object({ text: z.string(), match: z.boolean() }));
export type Highlight = z.infer<typeof highlightSchema>;

/** A product that was found, and what in it matches; null where nothing was looked for by words. */
export const foundProductSchema = productSchema.extend({
  highlights: z
    .object({ name: highlightSchema, summary: highlightSchema, description: highlightSchema.nullable() })
    .nullable()
});
export type FoundProduct = z.infer<typeof foundProductSchema>;

export const productPageSchema = page(foundProductSchema).extend({
  facets: productFacetsSchema,
  /** Words that were taken for mistyped, and what was looked for instead. */
  corrections: z.array(z.object({ typed: z.string(), meant: z.string() })),
  /** Words that nothing was found with, and that were therefore left out. */
  ignored: z.array(z.string()),
  /** What found these, and what should have but is away or behind; absent where an older index answers. */
  searchedBy: z.object({ engine: searchEngineNameSchema, insteadOf: searchEngineNameSchema.nullable() }).optional()
});
export type ProductPage = z.infer<typeof productPageSchema>;

export const similarQuerySchema = z.object({ limit: z.coerce.number().int().min(1).max(24).default(6) });
export const similarProductsSchema = z.object({ items: z.array(productSchema) });

export const suggestionQuerySchema = z.object({
  /** What has been typed so far. */
  q: z.string().max(200),
  limit: z.coerce.number().int().min(1).max(20).default(8)
});
/** What somebody may be about to type: a word that products have, or the name of a product. */
export const suggestionSchema = z.object({
  text: z.string(),
  /** The product of that name; null for words. */
  productId: bytes32Schema.nullable()
});
export type Suggestion = z.infer<typeof suggestionSchema>;
export const suggestionListSchema = z.object({ items: z.array(suggestionSchema) });
