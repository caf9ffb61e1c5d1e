import { getAddress } from 'viem';
import { createSiweMessage } from 'viem/siwe';
import type { Address } from '../protocol/primitives.ts';
import { sessionChallengeSchema, sessionSchema } from '../protocol/session.ts';
import type { Session } from '../protocol/session.ts';
import type { Market } from './connect-market.ts';
import { ForeignDomainError } from './market-errors.ts';
import { requestJson } from './request.ts';
import type { Wallet } from './send-transaction.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface AuthenticateParameters {
  readonly market: Market;
  /** Signs a message; no transaction is sent and nothing is paid. */
  readonly wallet: Wallet;
  /** The account, where it is a contract for which the wallet signs (ERC-1271, ERC-6492); else the wallet's own. */
  readonly account?: Address;
  /** Milliseconds for which the session shall last; a day, the longest, unless said otherwise. */
  readonly duration?: number;
  /** Host, and port if any, under which people reach the market, where that is neither its own nor the broker's address. */
  readonly domain?: string;
}
export type AuthenticateReturnType = Session;

const day = 86_400_000;
/** What the wallet shows its owner, in one line (EIP-4361). */
const statement =
  'Sign in to read the streams that this account may read: by a licence, by a permission, or as their owner. ' +
  'This sends no transaction and costs nothing.';

/**
 * Signs in to a market's broker as an account (EIP-4361). The session's token lets a program read as that account until
 * the session ends: keep it in memory, like a password.
 *
 * @throws as {@link requestJson}; {@link ForeignDomainError}, {@link SignatureRejectedError}, {@link WalletFailedError}.
 *
 * @example
 * const session = await authenticate({ market, wallet });
 * const subscription = await subscribe({ market, stream, session, reader: { licensee: session.account, keyPair } });
 */
export async function authenticate(parameters: AuthenticateParameters): Promise<AuthenticateReturnType> {
  const { market, wallet, duration = day, domain } = parameters;
  const url = `${market.brokerUrl}/v1/session`;
  const challenge = await requestJson({ fetch: market.fetch, url, schema: sessionChallengeSchema });
  // A broker must not have things signed that are meant for somebody else.
  if (challenge.chainId !== market.chainId || !isOwnDomain(challenge.domain, market, domain)) {
    throw new ForeignDomainError(challenge.domain, challenge.chainId);
  }
  const { account } = wallet;
  const now = market.clock();
  const message = createSiweMessage({
    ...challenge,
    address: getAddress(parameters.account ?? account.address),
    statement,
    uri: market.brokerUrl,
    version: '1',
    issuedAt: new Date(now),
    expirationTime: new Date(now + Math.min(duration, day))
  });
  const signature = await wallet.signMessage({ account, message }).catch((error: unknown) => {
    throw translateChainError(error, []);
  });
  return requestJson({
    fetch: market.fetch,
    url,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message, signature }),
    schema: sessionSchema
  });
}

function isOwnDomain(domain: string, { marketUrl, brokerUrl }: Market, expected: string | undefined): boolean {
  if (expected !== undefined) return domain === expected;
  const own = [marketUrl, brokerUrl].map((url) => new URL(url).host);
  return own.includes(domain) || (isLoopback(domain) && own.some(isLoopback));
}

/** This machine goes by several names. */
const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host);
