import { issuerSchema } from '../protocol/grant.ts';
import type { Issuer } from '../protocol/grant.ts';
import type { Market } from './connect-market.ts';
import { requestJson } from './request.ts';

export interface FetchIssuerParameters {
  readonly market: Market;
}
export type FetchIssuerReturnType = Issuer;

/**
 * Asks the broker which account issues its grants, and to which key delegations are sealed.
 *
 * @throws as {@link requestJson}.
 *
 * @example
 * const { issuer, publicKey } = await fetchIssuer({ market });
 */
export function fetchIssuer({ market }: FetchIssuerParameters): Promise<FetchIssuerReturnType> {
  return requestJson({ fetch: market.fetch, url: `${market.brokerUrl}/v1/issuer`, schema: issuerSchema });
}
