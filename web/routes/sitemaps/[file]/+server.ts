import { error } from '@sveltejs/kit';
import { listingsOf } from '$lib/server/kept-listings.ts';
import { originOf } from '$lib/server/market-origin.ts';
import { pagesSitemap, productsSitemap } from '$lib/server/sitemap.ts';
import { textAnswer } from '$lib/server/text-answer.ts';
import type { RequestEvent } from './$types';

export async function GET({ locals, params }: RequestEvent) {
  const origin = originOf(locals.market);
  if (params.file === 'pages.xml') return textAnswer(pagesSitemap(origin), 'application/xml');
  const page = /^products-(\d{1,4})\.xml$/.exec(params.file)?.[1];
  if (page === undefined)
    error(404, { message: 'There is no such sitemap', advice: 'They are listed in /sitemap.xml.' });
  const found = await listingsOf(locals.market, Number(page));
  if (!found.ok) error(503, { message: 'The sitemap cannot be made now', advice: found.reason });
  return textAnswer(productsSitemap(origin, found.value.items), 'application/xml');
}
