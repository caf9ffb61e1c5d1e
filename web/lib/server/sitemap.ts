import { listingsPerPage, type ListingPage } from '#sdk/protocol/discovery';
import { documentPath, documents } from '../docs/documents.ts';

/** Pages that are no product's, of those that search engines should know. */
export const plainPages: readonly string[] = [
  '/',
  '/sell',
  '/wishlist',
  '/karma',
  '/identity',
  '/status',
  ...documents.map(documentPath)
];

const escaped = (text: string) => text.replace(/[&<>'"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
const day = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 19) + 'Z';
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
const space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

/**
 * The index of sitemaps (sitemaps.org): one of plain pages, and as many of products as 50,000 of them fill.
 *
 * @param origin Of the market, without a slash at its end.
 * @param total Products on sale.
 */
export function sitemapIndex(origin: string, total: number): string {
  const files = [
    'pages',
    ...Array.from({ length: Math.ceil(total / listingsPerPage) }, (_, page) => `products-${String(page)}`)
  ];
  const entries = files.map((file) => `<sitemap><loc>${escaped(`${origin}/sitemaps/${file}.xml`)}</loc></sitemap>`);
  return `${head}<sitemapindex ${space}>\n${entries.join('\n')}\n</sitemapindex>\n`;
}

export function pagesSitemap(origin: string): string {
  return urlset(plainPages.map((path) => `<url><loc>${escaped(origin + path)}</loc></url>`));
}

export function productsSitemap(origin: string, items: ListingPage['items']): string {
  return urlset(
    items.map(
      ({ productId, listedAt }) =>
        `<url><loc>${escaped(`${origin}/products/${productId}`)}</loc><lastmod>${day(listedAt)}</lastmod></url>`
    )
  );
}

function urlset(entries: readonly string[]): string {
  return `${head}<urlset ${space}>\n${entries.join('\n')}\n</urlset>\n`;
}
