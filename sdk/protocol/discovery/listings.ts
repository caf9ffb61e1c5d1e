import * as z from 'zod';
import { bytes32Schema, secondsSchema } from '../primitives.ts';

/** Products of one page of the list of everything on sale: as many as a sitemap may name (sitemaps.org, 50,000). */
export const listingsPerPage = 50_000;

export const listingQuerySchema = z.object({
  /** Counted from 0. */
  page: z.coerce.number().int().min(0).max(10_000).default(0)
});

/** Everything on sale, the oldest first, and nothing of it but when it was last changed: for crawlers. */
export const listingPageSchema = z.object({
  items: z.array(
    z.object({ productId: bytes32Schema, /** Unix seconds of the current offer. */ listedAt: secondsSchema })
  ),
  /** On all pages. */
  total: z.int()
});
export type ListingPage = z.infer<typeof listingPageSchema>;
