import { textAnswer } from '$lib/server/text-answer.ts';
import { originOf } from '$lib/server/market-origin.ts';
import type { RequestEvent } from './$types';

/** What crawlers have no use for, and where everything is listed. */
export function GET({ locals }: RequestEvent) {
  const closed = ['/licenses', '/design', '/broker', '/rpc', '/graphql', '/subgraph', '/v1/'];
  const lines = ['User-agent: *', ...closed.map((path) => `Disallow: ${path}`), 'Allow: /'];
  return textAnswer(`${lines.join('\n')}\n\nSitemap: ${originOf(locals.market)}/sitemap.xml\n`, 'text/plain');
}
