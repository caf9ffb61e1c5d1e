import { longestNoticeSession, noticeSessionTypedData } from '../protocol/notices.ts';
import { addressSchema } from '../protocol/primitives.ts';
import type { Address } from '../protocol/primitives.ts';
import { sessionSchema } from '../protocol/session.ts';
import type { Session } from '../protocol/session.ts';
import type { Market } from './connect-market.ts';
import { requestJson } from './request.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface OpenNoticeSessionParameters {
  readonly market: Market;
  /** Signs typed data; no transaction is sent and nothing is paid. */
  readonly wallet: Wallet;
  /** The account, where it is a contract for which the wallet signs (ERC-1271, ERC-6492); else the wallet's own. */
  readonly account?: Address;
}
export type OpenNoticeSessionReturnType = Session;

/**
 * Signs in to a market to manage webhooks and saved searches of an account, for an hour. Keep the token in memory, like a
 * password.
 *
 * @throws as {@link requestJson}; {@link SignatureRejectedError}, {@link WalletFailedError}.
 *
 * @example
 * const session = await openNoticeSession({ market, wallet });
 * const { secret } = await registerWebhook({ market, session, webhook: { url: 'https://example.org/notices', kinds: ['purchase'] } });
 */
export async function openNoticeSession(parameters: OpenNoticeSessionParameters): Promise<OpenNoticeSessionReturnType> {
  const { market, wallet } = parameters;
  const account = addressSchema.parse(parameters.account ?? wallet.account.address);
  const expires = Math.floor(market.clock() / 1_000) + longestNoticeSession - 60;
  const { origin } = new URL(market.marketUrl);
  const typedData = noticeSessionTypedData(market.chainId, account, origin, expires);
  const signature = await wallet.signTypedData({ account: wallet.account, ...typedData }).catch((error: unknown) => {
    throw translateChainError(error, []);
  });
  return requestJson({
    fetch: market.fetch,
    url: `${market.marketUrl}/v1/notices/session`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account, market: origin, expires, signature }),
    schema: sessionSchema
  });
}
