import { readMarketStatus } from '$lib/server/market-status.ts';

export async function load({ locals, depends, setHeaders }) {
  depends('market:status');
  setHeaders({ 'cache-control': 'no-store' });
  return { parts: await readMarketStatus(locals.market), asked: Date.now() };
}
