import type { AsAccount } from '#sdk/actions/account-request';
import { openNoticeSession } from '#sdk/actions/open-notice-session';
import type { Context } from '../context.ts';

/** Signs in to the market for what belongs to the account. */
export async function asAccount(context: Context): Promise<AsAccount> {
  const [market, { wallet }] = await Promise.all([context.market(), context.account()]);
  return { market, session: await openNoticeSession({ market, wallet }) };
}
