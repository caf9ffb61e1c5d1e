import { json } from '@sveltejs/kit';
import type { MarketDocument } from '#sdk/protocol/market';
import { isLocalMarket } from '$lib/server/local-market.ts';
import type { RequestEvent } from './$types';

/** All that a stranger's program needs; the same for everyone, so any origin may read it. */
export function GET({ locals }: RequestEvent) {
  const { deployment } = locals.market;
  const document: MarketDocument = {
    chainId: deployment.chainId,
    rpcUrl: '/rpc',
    deployment,
    brokerUrl: '/broker',
    marketUrl: '/',
    local: isLocalMarket(locals.market)
  };
  return json(document, { headers: { 'access-control-allow-origin': '*', 'cache-control': 'no-cache' } });
}
