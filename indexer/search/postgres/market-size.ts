import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../database.ts';
import { searchProduct } from '../../schema.ts';

/** How large the market is, as last counted. Only ranking depends on it. */
export interface MarketSize {
  readonly products: number;
  /** Quality below which 1, 2, … 100 per cent of the products lie. */
  readonly quality: readonly number[];
}

const sizeSchema = z.object({ products: z.number(), quality: z.array(z.number()).nullable() });
/** Milliseconds for which a count counts. */
const knownFor = 30_000;

/** A reader that counts every now and then. */
export function createMarketSizeReader(): (database: Database) => Promise<MarketSize> {
  let known: { readonly until: number; readonly size: MarketSize } | null = null;
  return async (database) => {
    if (known !== null && Date.now() < known.until) return known.size;
    const result = await database.execute(sql`
      select count(*)::int as products,
        percentile_disc(array(select part / 100.0::float8 from generate_series(1, 100) part))
          within group (order by quality) as quality
      from ${searchProduct}`);
    const { products, quality } = sizeSchema.parse(result.rows[0]);
    known = { until: Date.now() + knownFor, size: { products, quality: quality ?? [] } };
    return known.size;
  };
}

/** Quality that about so many of a number of products reach or exceed; 0 where all may. */
export function qualityOfBest({ quality }: MarketSize, wanted: number, among: number): number {
  if (among <= wanted) return 0;
  return quality[Math.floor(100 * (1 - wanted / among)) - 1] ?? 0;
}
