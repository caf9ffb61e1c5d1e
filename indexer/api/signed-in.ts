import type { Context } from 'hono';
import type { Address } from '#sdk/protocol/primitives';
import type { ServerEnvironment } from './environment.ts';
import type { Services } from './services.ts';

/** How a client says for which account it speaks, for the OpenAPI document. */
export const accountSecurity = {
  type: 'http',
  scheme: 'bearer',
  description: 'A token of POST /v1/notices/session: an account signs once, and its programs manage what is its own.'
} as const;
/** Of a route that only its account may use. */
export const signedIn = [{ account: [] }];

/**
 * The account that asks. What it is told is its own: no cache keeps it.
 *
 * @throws {@link NotSignedInError}
 */
export function accountOf(context: Context<ServerEnvironment>, { sessions }: Services): Address {
  context.header('Cache-Control', 'no-store');
  return sessions.accountOf(context.req.header('authorization'));
}
