import type { z } from 'zod';
import { karmaPageSchema } from '../protocol/discovery.ts';
import type { karmaQuerySchema } from '../protocol/discovery.ts';
import type { Market } from './connect-market.ts';
import { queryUrl } from './query-url.ts';
import { requestJson } from './request.ts';

export interface RankKarmaParameters {
  readonly market: Market;
  /** Role, time and page; sellers now unless said otherwise. */
  readonly query?: z.input<typeof karmaQuerySchema>;
}
export type RankKarmaReturnType = z.output<typeof karmaPageSchema>;

/**
 * Ranks the accounts of a role by karma, as the index has it; `readKarma` asks the chain for one account.
 *
 * @throws as {@link requestJson}.
 *
 * @example
 * const { items } = await rankKarma({ market, query: { role: 'seller', limit: 10 } });
 */
export function rankKarma({ market, query = {} }: RankKarmaParameters): Promise<RankKarmaReturnType> {
  const url = queryUrl(`${market.marketUrl}/v1/karma`, query);
  return requestJson({ fetch: market.fetch, url, schema: karmaPageSchema });
}
