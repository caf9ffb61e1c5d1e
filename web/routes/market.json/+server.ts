import { json } from '@sveltejs/kit';
import type { MarketDocument } from '#sdk/protocol/market';
import { isLocalMarket } from '$lib/server/local-market.ts';
import { otherBrokerUrls } from '$lib/server/other-brokers.ts';
import type { RequestEvent } from './$types';

/** All that a stranger's program needs; the same for everyone, so any origin may read it. */
export function GET({ locals }: RequestEvent) {
  const { configuration, deployment } = locals.market;
  const others = otherBrokerUrls(configuration);
  const document: MarketDocument = {
    chainId: deployment.chainId,
    rpcUrl: '/rpc',
    deployment,
    brokerUrl: '/broker',
    ...(others.length > 0 && { otherBrokerUrls: others }),
    marketUrl: '/',
    local: isLocalMarket(locals.market)
  };
  return json(document, { headers: { 'access-control-allow-origin': '*', 'cache-control': 'no-cache' } });
}
