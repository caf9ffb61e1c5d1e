import * as z from 'zod';
import { productQuerySchema, productSchema } from './discovery/products.ts';
import { addressSchema, millisecondsSchema } from './primitives.ts';

/** Searches of an account. */
export const savedSearchLimits = { perAccount: 50 } as const;

export const savedSearchIdSchema = z.string().regex(/^search_[0-9a-f]{32}$/, 'must be search_…');
const nameSchema = z.string().trim().min(1).max(80);
/** What narrows a search, as GET /v1/products takes it, without what only orders and pages it. */
export const searchConditionsSchema = productQuerySchema.omit({ sort: true, limit: true, cursor: true });

/** POST /v1/searches */
export const savedSearchRequestSchema = z.object({
  name: nameSchema,
  /** A query as GET /v1/products takes it, such as "q=wind&free=true"; order and page are left out. */
  query: z.string().max(1_000)
});
/** PUT /v1/searches/{search} */
export const savedSearchNameSchema = z.object({ name: nameSchema });

export const savedSearchSchema = z.object({
  id: savedSearchIdSchema,
  account: addressSchema,
  name: z.string(),
  query: z.string(),
  /** Unix milliseconds. */
  createdAt: millisecondsSchema,
  /** Products that came to match since it was saved, and when the latest did; at most 1,000 are remembered. */
  matches: z.int(),
  latestMatchAt: millisecondsSchema.nullable()
});
export type SavedSearch = z.infer<typeof savedSearchSchema>;
export const savedSearchListSchema = z.object({ items: z.array(savedSearchSchema) });

export const searchMatchQuerySchema = z.object({
  /** Unix milliseconds: only what came to match after this. */
  since: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 53 - 1)
    .default(0),
  limit: z.coerce.number().int().min(1).max(100).default(50)
});
const searchMatchSchema = z.object({ matchedAt: millisecondsSchema, product: productSchema });
export type SearchMatch = z.infer<typeof searchMatchSchema>;
/** The newest match first; products that are gone are left out. */
export const searchMatchListSchema = z.object({ items: z.array(searchMatchSchema) });

/** What GET /v1/searches/events tells: a product that newly matches a search of the account. */
export const searchMatchEventSchema = searchMatchSchema.extend({
  search: savedSearchIdSchema,
  searchName: z.string()
});
export type SearchMatchEvent = z.infer<typeof searchMatchEventSchema>;
