import { readMarketStatus } from '$lib/server/market-status.ts';
import type { PageServerLoadEvent } from './$types';

export async function load({ locals, depends, setHeaders }: PageServerLoadEvent) {
  depends('market:status');
  setHeaders({ 'cache-control': 'no-store' });
  return { ...(await readMarketStatus(locals.market)), asked: Date.now() };
}
