import type { DepositRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';

/**
 * Payments of an account that are held until their events are counted.
 *
 * @throws MarketUnreachableError, MarketRefusedError or AnswerInvalidError of the sdk.
 */
export async function openDepositsOf(account: Address): Promise<readonly DepositRecord[]> {
  const [{ requestJson }, { depositPageSchema }, { loadMarket }] = await Promise.all([
    import('#sdk/actions/request'),
    import('#sdk/protocol/discovery'),
    import('../wallet/market.ts')
  ]);
  const market = await loadMarket();
  const query = new URLSearchParams({ licensee: account, open: 'true', limit: '100' });
  const page = await requestJson({
    fetch: market.fetch,
    url: `${market.marketUrl}/v1/deposits?${query.toString()}`,
    schema: depositPageSchema
  });
  return page.items;
}
