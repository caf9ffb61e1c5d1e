import * as z from 'zod';
import { addressSchema, bytes32Schema, weiSchema } from '../primitives.ts';
import { categorySchema, productDocumentSchema } from '../product-document.ts';
import { attestationSchema } from './attestations.ts';
import { blockSchema } from './chain-values.ts';
import { cursorSchema, limitSchema, page, truthSchema } from './lists.ts';
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
  /** What is attested of the seller now, the newest first; at most 20. */
  sellerAttestations: z.array(attestationSchema)
});
export type Product = z.infer<typeof productSchema>;

export const productSortSchema = z.enum(['relevance', 'newest', 'cheapest', 'popular']);
export const productQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  category: categorySchema.optional(),
  tag: z.string().trim().toLowerCase().max(32).optional(),
  seller: addressSchema.optional(),
  stream: addressSchema.optional(),
  /** "true": only free ones; "false": only paid ones. */
  free: truthSchema.optional(),
  /** "true": retired products too. */
  retired: truthSchema.default('false'),
  sort: productSortSchema.default('relevance'),
  limit: limitSchema,
  cursor: cursorSchema
});
export type ProductQuery = z.input<typeof productQuerySchema>;

export const facetSchema = z.object({ value: z.string(), count: z.int() });
export const productPageSchema = page(productSchema).extend({
  facets: z.object({ category: z.array(facetSchema), free: z.array(facetSchema) })
});
export type ProductPage = z.infer<typeof productPageSchema>;
