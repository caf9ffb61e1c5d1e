import { recoverTypedDataAddress } from 'viem';
import type { z } from 'zod';
import type { Market } from '#sdk/actions/connect-market';
import { translateChainError } from '#sdk/actions/translate-chain-error';
import { longestNoticeSession, noticeSessionTypedData, type noticeSessionRequestSchema } from '#sdk/protocol/notices';
import type { Address } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import { NoticeSignatureInvalidError, NotSignedInError } from './errors.ts';
import type { WebhookKey } from './key.ts';

export interface NoticeSessionsOptions {
  /** The chain, which says what accounts that are contracts have signed. */
  market(): Promise<Market>;
  /** Under which people reach the market. */
  readonly publicUrl: string;
  readonly key: WebhookKey;
  /** Milliseconds. */
  readonly clock: () => number;
}

/** Who may see and change what belongs to an account. */
export interface NoticeSessions {
  /**
   * Gives a token for a signature.
   *
   * @throws {@link NoticeSignatureInvalidError}; what {@link translateChainError} makes of a chain that does not answer.
   */
  open(request: z.output<typeof noticeSessionRequestSchema>): Promise<Session>;
  /** Whose the header Authorization is. @throws {@link NotSignedInError} */
  accountOf(authorization: string | undefined): Address;
}

export function createNoticeSessions({ market, publicUrl, key, clock }: NoticeSessionsOptions): NoticeSessions {
  return {
    async open({ account, market: named, expires, signature }) {
      const now = clock();
      const left = expires - Math.floor(now / 1_000);
      if (left <= 0 || left > longestNoticeSession) {
        throw new NoticeSignatureInvalidError(
          `Sign again: the signature must expire within ${String(longestNoticeSession)} seconds, and must not have expired.`
        );
      }
      if (!isThisMarket(named, publicUrl)) {
        throw new NoticeSignatureInvalidError(`Sign for this market: ${new URL(publicUrl).origin}.`);
      }
      const opened = await market();
      const typedData = noticeSessionTypedData(opened.chainId, account, named, expires);
      const signer = await recoverTypedDataAddress({ ...typedData, signature }).catch(() => null);
      if (signer?.toLowerCase() !== account && !(await acceptedByContract(opened, account, typedData, signature))) {
        throw new NoticeSignatureInvalidError(`Sign with ${account}: the signature is not its own.`);
      }
      const until = expires * 1_000;
      return { account, token: key.tokenOf(account, until), until };
    },
    accountOf(authorization) {
      const token = /^Bearer ([\w.~+/-]{1,512}=*)$/i.exec(authorization ?? '')?.[1];
      const account = token === undefined ? null : key.accountOf(token, clock());
      if (account === null) throw new NotSignedInError();
      return account;
    }
  };
}

async function acceptedByContract(
  { publicClient }: Market,
  address: Address,
  typedData: ReturnType<typeof noticeSessionTypedData>,
  signature: `0x${string}`
): Promise<boolean> {
  try {
    // to viem a chain that does not answer is a signature that is not accepted
    await publicClient.getChainId();
    return await publicClient.verifyTypedData({ address, signature, ...typedData });
  } catch (error) {
    throw translateChainError(error, []);
  }
}

/** This machine goes by several names and ports. */
const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

function isThisMarket(named: string, publicUrl: string): boolean {
  const one = new URL(named);
  const own = new URL(publicUrl);
  return one.origin === own.origin || (loopback.test(one.hostname) && loopback.test(own.hostname));
}
