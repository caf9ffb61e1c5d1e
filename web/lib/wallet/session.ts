import type { Address } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import { wallet } from './wallet.svelte.ts';

/**
 * The broker's session of the connected account. Kept for this tab and no longer, so that a wallet is asked once however
 * many streams are opened; whoever has the token can read as the account, so it never leaves the tab.
 */
const storageKey = 'tributary.session';
/** Milliseconds that a session must have left to be used. */
const margin = 60_000;

/** The session that was opened in this tab for the account; null without one, and where it is about to end. */
export async function storedSession(account: Address): Promise<Session | null> {
  const kept = storedText();
  if (kept === null) return null;
  const { sessionSchema } = await import('#sdk/protocol/session');
  try {
    const session = sessionSchema.parse(JSON.parse(kept));
    return session.account === account && session.until - Date.now() > margin ? session : null;
  } catch {
    // Rubbish: the wallet is asked.
    return null;
  }
}

function storedText(): string | null {
  try {
    return sessionStorage.getItem(storageKey);
  } catch {
    // Storage is switched off: the wallet is asked.
    return null;
  }
}

/** Forgets a session that the broker does not take any more. */
export function forgetSession(): void {
  try {
    sessionStorage.removeItem(storageKey);
  } catch {
    // Nothing was kept.
  }
}

/**
 * Asks the connected wallet for the signature that opens a session. The demo wallet gives it by itself.
 *
 * @throws what the sdk's authenticate throws; null when nobody is connected any more.
 */
export async function signIn(account: Address): Promise<Session | null> {
  const [client, { authenticate }, { loadMarket }] = await Promise.all([
    wallet.client(),
    import('#sdk/actions/authenticate'),
    import('./market.ts')
  ]);
  if (client?.account.address.toLowerCase() !== account) return null;
  const session = await authenticate({ market: await loadMarket(), wallet: client });
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(session));
  } catch {
    // It lasts as long as this page view.
  }
  return session;
}
