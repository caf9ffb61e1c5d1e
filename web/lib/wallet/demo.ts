import { connectAccount } from '#sdk/actions/connect-account';
import { generatePrivateKey, privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';
import type { Address } from '#sdk/protocol/primitives';
import { problemSchema, TributaryError } from '#sdk/protocol/problem';
import { loadMarket } from './market.ts';
import { m } from '../generated/messages/messages.js';

/**
 * The demo wallet of a local chain: a play key in this browser's local storage, so that somebody without a wallet
 * extension can try everything. Never offered where money is worth something.
 */
const storageKey = 'tributary.demo-wallet';
const privateKeySchema = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]);

/** The market did not fill the demo wallet. */
export class DemoFundingFailedError extends TributaryError {
  readonly code = 'demo-funding-failed';
  readonly title = m.failures_demo_unfilled();
}

/** A demo wallet exists on local chains only. */
export class DemoWalletForbiddenError extends TributaryError {
  readonly code = 'demo-wallet-forbidden';
  readonly title = m.failures_demo_forbidden();
}

/** The demo wallet's account; made at the first call. */
export function demoAccount(): PrivateKeyAccount {
  const stored = privateKeySchema.safeParse(localStorage.getItem(storageKey));
  if (stored.success) return privateKeyToAccount(stored.data);
  const made = generatePrivateKey();
  localStorage.setItem(storageKey, made);
  return privateKeyToAccount(made);
}

/**
 * Has the market send the account ether and DATAcoin of the local chain.
 *
 * @throws {@link DemoFundingFailedError}
 */
export async function fundDemoAccount(account: Address): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch('/demo/fund', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account }),
      signal: AbortSignal.timeout(30_000)
    });
  } catch (cause) {
    throw new DemoFundingFailedError(m.failures_demo_silent(), { cause });
  }
  if (answer.ok) return;
  const problem = problemSchema.safeParse(await answer.json().catch(() => null));
  throw new DemoFundingFailedError(
    problem.success ? (problem.data.detail ?? problem.data.title) : m.failures_demo_refused()
  );
}

/**
 * Opens the demo wallet, on a local chain only.
 *
 * @throws {@link DemoWalletForbiddenError}
 */
export async function demoClient() {
  const market = await loadMarket();
  if (!market.local) {
    throw new DemoWalletForbiddenError(m.failures_demo_forbidden_means());
  }
  return connectAccount({ market, account: demoAccount() });
}
