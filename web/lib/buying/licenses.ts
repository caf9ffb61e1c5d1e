import type { LicenseRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { withBought } from './bought.ts';

/**
 * All licences of an account: from the index, and those bought here a moment ago.
 *
 * @throws MarketUnreachableError, MarketRefusedError or AnswerInvalidError of the sdk.
 */
export async function licensesOf(account: Address): Promise<LicenseRecord[]> {
  const [{ requestJson }, { licensePageSchema }, { loadMarket }] = await Promise.all([
    import('#sdk/actions/request'),
    import('#sdk/protocol/discovery'),
    import('../wallet/market.ts')
  ]);
  const market = await loadMarket();
  const licenses: LicenseRecord[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ licensee: account, limit: '100', ...(cursor === null ? {} : { cursor }) });
    const page: { items: LicenseRecord[]; nextCursor: string | null } = await requestJson({
      fetch: market.fetch,
      url: `${market.marketUrl}/v1/licenses?${query.toString()}`,
      schema: licensePageSchema
    });
    licenses.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && licenses.length < 1000);
  return withBought(licenses, account);
}
