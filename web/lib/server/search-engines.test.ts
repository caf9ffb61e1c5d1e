import { expect, it } from 'vitest';
import type { Product } from '#sdk/protocol/discovery';
import { productMarkup } from './product-markup.ts';
import { pagesSitemap, productsSitemap, sitemapIndex } from './sitemap.ts';

const origin = 'https://market.example';
const productId = `0x${'ab'.repeat(32)}` as const;
const product = {
  productId,
  seller: `0x${'12'.repeat(20)}`,
  listedAt: { number: 1, timestamp: 1_700_000_000 },
  offer: {
    pricePerSecond: '1000000000000000',
    productNumber: '1',
    listed: true,
    termsCid: 'bafkterms',
    listedAt: { number: 2, timestamp: 1_700_000_600 }
  },
  document: {
    name: '</script><script>alert(1)</script>',
    summary: 'Short & <b>bold</b>',
    description: '',
    category: 'sensors',
    tags: ['water'],
    languages: [],
    streams: [{ fields: [{ name: 'level', description: '', unit: 'm' }] }],
    coverage: { time: { from: '2020-01-01' }, places: [{ name: 'Basel', bbox: [7, 47, 8, 48] }] }
  }
} as unknown as Product;

it('describes a product in words that cannot leave their script', () => {
  const text = productMarkup(product, origin);
  expect(text).not.toMatch(/[<>&]/);
  expect(JSON.parse(text)).toMatchObject({
    '@type': ['Dataset', 'Product'],
    name: '</script><script>alert(1)</script>',
    url: `${origin}/products/${productId}`,
    isAccessibleForFree: false,
    temporalCoverage: '2020-01-01/..',
    spatialCoverage: [{ geo: { box: '47 7 48 8' } }],
    variableMeasured: [{ name: 'level', unitText: 'm' }],
    offers: { price: '86.4', availability: 'https://schema.org/InStock' }
  });
  expect((JSON.parse(text) as { description: string }).description.length).toBeGreaterThanOrEqual(50);
});

it('lists every page once, fifty thousand products to a file', () => {
  expect(sitemapIndex(origin, 0).match(/<sitemap>/g)).toHaveLength(1);
  expect(sitemapIndex(origin, 50_000).match(/<sitemap>/g)).toHaveLength(2);
  expect(sitemapIndex(origin, 50_001)).toContain(`<loc>${origin}/sitemaps/products-1.xml</loc>`);
  expect(pagesSitemap(origin)).toContain(`<loc>${origin}/docs/trust</loc>`);
  expect(productsSitemap(origin, [{ productId, listedAt: 1_700_000_000 }])).toContain(
    `<url><loc>${origin}/products/${productId}</loc><lastmod>2023-11-14T22:13:20Z</lastmod></url>`
  );
});
