import { requestJson } from '#sdk/actions/request';
import { wishStakePageSchema } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';
import { loadMarket } from '../wallet/market.ts';
import type { Stake } from './wish-acts.ts';

/**
 * What an account put behind wishes, by the wish's number.
 *
 * @throws MarketUnreachableError, MarketRefusedError or AnswerInvalidError of the sdk.
 */
export async function stakesOf(account: Address): Promise<ReadonlyMap<string, Stake>> {
  const { fetch, marketUrl } = await loadMarket();
  const url = `${marketUrl}/v1/wish-stakes?backer=${account}&limit=100`;
  const { items } = await requestJson({ fetch, url, schema: wishStakePageSchema });
  return new Map(items.map(({ wish, stake, follows }) => [wish, { amount: BigInt(stake), follows }]));
}
