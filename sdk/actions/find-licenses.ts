import type { z } from 'zod';
import { licensePageSchema } from '../protocol/discovery.ts';
import type { licenseQuerySchema } from '../protocol/discovery.ts';
import type { Market } from './connect-market.ts';
import { queryUrl } from './query-url.ts';
import { requestJson } from './request.ts';

export interface FindLicensesParameters {
  readonly market: Market;
  /** By licensee, seller, product or offer; without any, all licences. */
  readonly query?: z.input<typeof licenseQuerySchema>;
}
export type FindLicensesReturnType = z.output<typeof licensePageSchema>;

/**
 * Finds licences, the newest first, as the index has them; `readLicense` asks the chain for one.
 *
 * @throws as {@link requestJson}.
 *
 * @example
 * const { items } = await findLicenses({ market, query: { licensee: account.address } });
 */
export function findLicenses({ market, query = {} }: FindLicensesParameters): Promise<FindLicensesReturnType> {
  const url = queryUrl(`${market.marketUrl}/v1/licenses`, query);
  return requestJson({ fetch: market.fetch, url, schema: licensePageSchema });
}
