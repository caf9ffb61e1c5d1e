import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { findGrantHolders } from './find-grant-holders.ts';
import { searchProducts } from './search-products.ts';

export interface FindOwnIssuersParameters {
  readonly market: Market;
  readonly stream: Address;
}
/** Accounts that hold the Grant permission and do not sell the stream. */
export type FindOwnIssuersReturnType = readonly Address[];

/** Products that are asked for at once. */
const pageSize = 100;

/**
 * The issuers of a seller's own among those who may hand out keys of a stream: whoever sells it as well, now or before,
 * is a reseller.
 *
 * @throws as {@link findGrantHolders} and {@link searchProducts}.
 *
 * @example
 * const before = await findOwnIssuers({ market, stream });
 */
export async function findOwnIssuers(parameters: FindOwnIssuersParameters): Promise<FindOwnIssuersReturnType> {
  const { market, stream } = parameters;
  const holders = await findGrantHolders({ market, stream });
  if (holders.length === 0) return holders;
  const resellers = new Set<Address>();
  const query = { stream, retired: 'true', sort: 'newest', limit: pageSize } as const;
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await searchProducts({ market, query: cursor === undefined ? query : { ...query, cursor } });
    for (const { seller } of page.items) resellers.add(seller);
    cursor = page.nextCursor;
  }
  return holders.filter((account) => !resellers.has(account));
}
