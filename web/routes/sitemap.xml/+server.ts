import { error } from '@sveltejs/kit';
import { listingsOf } from '$lib/server/kept-listings.ts';
import { originOf } from '$lib/server/market-origin.ts';
import { sitemapIndex } from '$lib/server/sitemap.ts';
import { textAnswer } from '$lib/server/text-answer.ts';
import type { RequestEvent } from './$types';

export async function GET({ locals }: RequestEvent) {
  const found = await listingsOf(locals.market, 0);
  if (!found.ok) error(503, { message: 'The sitemap cannot be made now', advice: found.reason });
  return textAnswer(sitemapIndex(originOf(locals.market), found.value.total), 'application/xml');
}
