import * as z from 'zod';
import { grantSchema } from '../protocol/grant.ts';
import type { Grant } from '../protocol/grant.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { requestJson } from './request.ts';

export interface FetchGrantsParameters {
  readonly market: Market;
  readonly stream: Address;
  readonly licensee: Address;
}
export type FetchGrantsReturnType = readonly Grant[];

const grantsSchema = z.object({ items: z.array(grantSchema).max(10_000) });

/**
 * Fetches the grants of a licensee on a stream, as they lie in the broker's log: sealed, for anyone to see.
 *
 * @throws as {@link requestJson}.
 *
 * @example
 * const grants = await fetchGrants({ market, stream, licensee: account.address });
 */
export async function fetchGrants(parameters: FetchGrantsParameters): Promise<FetchGrantsReturnType> {
  const { market, stream, licensee } = parameters;
  const url = `${market.brokerUrl}/v1/streams/${stream}/grants?licensee=${licensee}`;
  return (await requestJson({ fetch: market.fetch, url, schema: grantsSchema })).items;
}
