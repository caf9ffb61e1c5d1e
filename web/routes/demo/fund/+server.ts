import { json } from '@sveltejs/kit';
import { z } from 'zod';
import { addressSchema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { fillDemoWallet } from '$lib/server/faucet.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';
import type { RequestEvent } from './$types';

const bodySchema = z.object({ account: addressSchema });

/** The body names no account. */
class AccountMissingError extends TributaryError {
  readonly code = 'account-missing';
  readonly title = 'The account to fill is missing';
}

/** Fills a demo wallet; on a local chain only. */
export async function POST({ request, locals }: RequestEvent) {
  const body = bodySchema.safeParse(await request.json().catch(() => null));
  if (!body.success) {
    return problemAnswer(new AccountMissingError('Send {"account": "0x…"} as JSON, with the address of the wallet.'));
  }
  try {
    await fillDemoWallet(locals.market, body.data.account);
  } catch (error) {
    if (error instanceof TributaryError) return problemAnswer(error);
    throw error;
  }
  return json({ account: body.data.account });
}
