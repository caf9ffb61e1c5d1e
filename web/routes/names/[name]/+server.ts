import { json } from '@sveltejs/kit';
import { TributaryError } from '#sdk/protocol/problem';
import { accountOfName } from '$lib/server/ens-names.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';
import type { RequestEvent } from './$types';

/** The account to which an ENS name leads: {"account": "0x…"}. */
export async function GET({ params, locals }: RequestEvent) {
  try {
    const account = await accountOfName(locals.market, params.name);
    return json({ account }, { headers: { 'cache-control': 'no-store' } });
  } catch (error) {
    if (error instanceof TributaryError) return problemAnswer(error);
    throw error;
  }
}
