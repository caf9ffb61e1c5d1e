import type { Session } from '../protocol/session.ts';
import { authenticate } from './authenticate.ts';
import type { AuthenticateParameters } from './authenticate.ts';
import { SessionEndedError } from './market-errors.ts';

/**
 * Gives a session whenever one is needed.
 *
 * @param refused Token of a session that the broker does not take any more; another one is asked for.
 */
export type SessionKeeper = (refused?: string) => Promise<Session>;
/** A session, or what gives one: the latter goes on when one has ended. */
export type SessionSource = Session | SessionKeeper;

/** Milliseconds before its end at which a session is renewed. */
const margin = 60_000;

/**
 * Signs in when it is first needed, and again shortly before the session ends: for programs that run for days with a
 * key of their own.
 *
 * @example
 * const session = keepSession({ market, wallet: connectAccount({ market, account }) });
 * const subscription = await subscribe({ market, stream, session, reader });
 */
export function keepSession(parameters: AuthenticateParameters): SessionKeeper {
  let current: Session | undefined;
  let asking: Promise<Session> | undefined;
  return (refused) => {
    const { market } = parameters;
    if (current !== undefined && current.token !== refused && current.until - market.clock() > margin) {
      return Promise.resolve(current);
    }
    asking ??= authenticate(parameters)
      .then((session) => (current = session))
      .finally(() => {
        asking = undefined;
      });
    return asking;
  };
}

/**
 * The session to use now.
 *
 * @throws {@link SessionEndedError} where the one that was refused is all there is; what the source throws.
 */
export async function sessionOf(source: SessionSource, refused?: string): Promise<Session> {
  if (typeof source === 'function') return source(refused);
  if (source.token === refused) throw new SessionEndedError();
  return source;
}
