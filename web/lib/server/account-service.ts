import type { z } from 'zod';
import {
  accountFactPageSchema,
  accountKarmaSchema,
  accountSchema,
  karmaPageSchema,
  licensePageSchema,
  sellerRevenueSchema,
  type AccountFactPage,
  type AccountKarma,
  type AccountRecord,
  type LicenseRecord,
  type RevenuePeriod,
  type SellerRevenue
} from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { ask, type Answer } from './answers.ts';
import type { MarketContext } from './market-context.ts';

const name = 'The index';

function url({ configuration }: MarketContext, path: string, query: Readonly<Record<string, string | undefined>> = {}) {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, value);
  return `${configuration.INDEXER_URL.replace(/\/$/, '')}${path}?${parameters.toString()}`;
}

/** What the chain says of an account in every role; zeros for one that never did anything. */
export function findAccount(market: MarketContext, account: Address): Promise<Answer<AccountRecord>> {
  return ask({ name, url: url(market, `/v1/accounts/${account}`), schema: accountSchema });
}

/** What an account did and what was done to it, the latest first. */
export function findAccountFacts(
  market: MarketContext,
  account: Address,
  cursor: string | undefined
): Promise<Answer<AccountFactPage>> {
  return ask({
    name,
    url: url(market, `/v1/accounts/${account}/history`, { cursor, limit: '25' }),
    schema: accountFactPageSchema
  });
}

/** Karma of an account over time: the last 90 days, and the next 30 without new sales. */
export function findAccountKarma(market: MarketContext, account: Address): Promise<Answer<AccountKarma>> {
  return ask({ name, url: url(market, `/v1/accounts/${account}/karma`), schema: accountKarmaSchema });
}

/** What an account bought, the latest purchase first. */
export async function findBought(market: MarketContext, licensee: Address): Promise<Answer<LicenseRecord[]>> {
  const answer = await ask({
    name,
    url: url(market, '/v1/licenses', { licensee, limit: '50' }),
    schema: licensePageSchema
  });
  return answer.ok ? { ok: true, value: answer.value.items } : answer;
}

/** Accounts by karma, with the line of each. */
export function rankKarma(
  market: MarketContext,
  query: Readonly<Record<'role' | 'field' | 'period' | 'at' | 'cursor', string | undefined>>
): Promise<Answer<z.output<typeof karmaPageSchema>>> {
  return ask({ name, url: url(market, '/v1/karma', { ...query, limit: '25', course: '41' }), schema: karmaPageSchema });
}

/** What an account earned by selling, unit by unit. @param span Unix seconds; `to` is exclusive. */
export function findRevenue(
  market: MarketContext,
  seller: Address,
  { period, from, to }: { period: RevenuePeriod; from: number | undefined; to: number | undefined }
): Promise<Answer<SellerRevenue>> {
  const query = { period, from: from?.toString(), to: to?.toString() };
  return ask({ name, url: url(market, `/v1/sellers/${seller}/revenue`, query), schema: sellerRevenueSchema });
}
