import * as z from 'zod';
import { addressSchema, bytes32Schema, secondsSchema, weiSchema } from './primitives.ts';
import { categorySchema, productDocumentSchema } from './product-document.ts';

/** Shapes of the indexer's REST API, version 1. GraphQL serves the same fields. */

/** Where a fact stands on the chain. */
export const blockSchema = z.object({ number: z.int(), timestamp: secondsSchema });

export const offerSchema = z.object({
  offerId: bytes32Schema,
  productId: bytes32Schema,
  seller: addressSchema,
  productNumber: z.string(),
  beneficiary: addressSchema,
  pricePerSecond: weiSchema,
  minimumPeriod: z.int(),
  boundary: z.int(),
  termsHash: bytes32Schema,
  /** CIDv1 of the terms. */
  termsCid: z.string(),
  streams: z.array(addressSchema),
  position: z.int(),
  documentHash: bytes32Schema,
  documentCid: z.string(),
  listed: z.boolean(),
  listedAt: blockSchema
});
export type OfferRecord = z.infer<typeof offerSchema>;

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
  listedAt: blockSchema
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
  free: z.enum(['true', 'false']).optional(),
  /** "true": retired products too. */
  retired: z.enum(['true', 'false']).default('false'),
  sort: productSortSchema.default('relevance'),
  limit: z.coerce.number().int().min(1).max(100).default(24),
  cursor: z.string().max(500).optional()
});
export type ProductQuery = z.input<typeof productQuerySchema>;

const page = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.int(), nextCursor: z.string().nullable() });

export const facetSchema = z.object({ value: z.string(), count: z.int() });
export const productPageSchema = page(productSchema).extend({
  facets: z.object({ category: z.array(facetSchema), free: z.array(facetSchema) })
});
export type ProductPage = z.infer<typeof productPageSchema>;

export const streamSchema = z.object({
  stream: addressSchema,
  owner: addressSchema,
  name: z.string(),
  description: z.string(),
  slotDuration: z.int(),
  partitions: z.int(),
  deleted: z.boolean(),
  /** Anyone may read, by the stream's own permission at the indexed block. */
  publicRead: z.boolean(),
  createdAt: blockSchema
});
export type StreamRecord = z.infer<typeof streamSchema>;
export const streamQuerySchema = z.object({
  q: z.string().trim().max(200).default(''),
  owner: addressSchema.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(24),
  cursor: z.string().max(500).optional()
});
export const streamPageSchema = page(streamSchema);

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
  limit: z.coerce.number().int().min(1).max(100).default(24),
  cursor: z.string().max(500).optional()
});
export const licensePageSchema = page(licenseSchema);

/** Answer to POST /v1/content: the document is stored and can be fetched at /ipfs/<cid>. */
export const contentSchema = z.object({ cid: z.string(), sha256: bytes32Schema, size: z.int() });
export type StoredContent = z.infer<typeof contentSchema>;

export const indexStatusSchema = z.object({
  chainId: z.int(),
  /** Head of the chain as last seen. */
  head: blockSchema.nullable(),
  /** Last block whose facts are visible. */
  indexed: blockSchema.nullable(),
  /** Milliseconds since the chain last answered. */
  sinceChainAnswered: z.number().nullable(),
  ready: z.boolean()
});
export type IndexStatus = z.infer<typeof indexStatusSchema>;
