import * as z from 'zod';

/** By what products can be narrowed, and how many there are of each value. */

/** Price in DATA per hour: free, or below so many, or from ten on. */
export const priceBands = ['free', 'under-0.01', 'under-0.1', 'under-1', 'under-10', 'from-10'] as const;
export const priceBandSchema = z.enum(priceBands);
export type PriceBand = z.infer<typeof priceBandSchema>;

/** An event at least every second, minute, hour or day, or less often: as promised, else as counted over a day. */
export const updateRates = ['second', 'minute', 'hour', 'day', 'slower'] as const;
export const updateRateSchema = z.enum(updateRates);
export type UpdateRate = z.infer<typeof updateRateSchema>;

/** A country by ISO 3166-1 ("CH") or a larger region by UN M49 ("150" is Europe); countries count for their continents. */
export const regionSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^(?:[A-Z]{2}|[0-9]{3})$/, 'must be a country such as CH or a region such as 150');
/** A language subtag of BCP 47, such as "de". */
export const languageSchema = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z]{2,8}$/, 'must be a language such as de');

export const facetSchema = z.object({ value: z.string(), count: z.int() });
export type Facet = z.infer<typeof facetSchema>;

/**
 * Products per value, each facet counted as if it narrowed nothing itself; the most first, at most 30 values. While the
 * products are not in the indexer's memory, counts of tag, region and language are estimates where more than 2,000 were
 * found.
 */
export const productFacetsSchema = z.object({
  category: z.array(facetSchema),
  free: z.array(facetSchema),
  tag: z.array(facetSchema),
  price: z.array(facetSchema),
  settlement: z.array(facetSchema),
  verified: z.array(facetSchema),
  live: z.array(facetSchema),
  rate: z.array(facetSchema),
  region: z.array(facetSchema),
  language: z.array(facetSchema)
});
export type ProductFacets = z.infer<typeof productFacetsSchema>;
