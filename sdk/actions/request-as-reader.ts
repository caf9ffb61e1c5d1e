import type { Market } from './connect-market.ts';
import { sessionOf } from './keep-session.ts';
import type { SessionSource } from './keep-session.ts';
import { MarketRefusedError } from './market-errors.ts';
import { requestBytes } from './request.ts';
import type { RequestParameters } from './request.ts';

export interface RequestAsReaderParameters extends Omit<RequestParameters, 'fetch'> {
  readonly market: Market;
  /** Who asks; absent: anybody. */
  readonly session: SessionSource | undefined;
}

/** Milliseconds for which a reader who may not read is asked about again: the broker may be a block behind. */
const patience = 5_000;
const pause = 250;

/**
 * Sends a request to the broker in the name of a session's account. Where the session has ended it is asked for another
 * one; where the account may not read yet, the request is sent again for a moment.
 *
 * @throws as {@link requestBytes}, and what the session's source throws.
 */
export async function requestAsReader(parameters: RequestAsReaderParameters): Promise<Uint8Array> {
  const { market, session, headers, ...request } = parameters;
  const begun = market.clock();
  let refused: string | undefined;
  for (;;) {
    const token = session === undefined ? undefined : (await sessionOf(session, refused)).token;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    try {
      return await requestBytes({ ...request, fetch: market.fetch, headers: { ...headers, ...authorization } });
    } catch (error) {
      if (!(error instanceof MarketRefusedError)) throw error;
      if (error.status === 401 && token !== undefined && refused === undefined) refused = token;
      else if (error.problem.type === '/problems/read-permission-missing' && market.clock() - begun < patience) {
        await new Promise<void>((resolve) => setTimeout(resolve, pause));
      } else throw error;
    }
  }
}
