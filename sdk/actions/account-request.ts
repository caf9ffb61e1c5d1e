import type * as z from 'zod';
import type { Session } from '../protocol/session.ts';
import type { Market } from './connect-market.ts';
import { requestBytes, requestJson } from './request.ts';

/** Asks a market in the name of an account. */
export interface AsAccount {
  readonly market: Market;
  /** Of `openNoticeSession`. */
  readonly session: Session;
}

/**
 * Sends a request in the name of an account, and returns its JSON answer as the schema reads it.
 *
 * @param path Below the market's address, beginning with a slash.
 * @throws as {@link requestJson}.
 */
export function requestAsAccount<T extends z.ZodType>(
  asking: AsAccount,
  method: string,
  path: string,
  schema: T,
  body?: object
): Promise<z.output<T>> {
  return requestJson({ ...requestOf(asking, method, path, body), schema });
}

/** The same for what has no answer, as removing. @throws as {@link requestBytes}. */
export async function removeAsAccount(asking: AsAccount, path: string): Promise<void> {
  await requestBytes(requestOf(asking, 'DELETE', path));
}

function requestOf({ market, session }: AsAccount, method: string, path: string, body?: object) {
  return {
    fetch: market.fetch,
    url: `${market.marketUrl}${path}`,
    method,
    headers: { authorization: `Bearer ${session.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  };
}
