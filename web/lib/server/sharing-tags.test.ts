import { expect, it } from 'vitest';
import { addSharingTags, canonicalUrl } from './sharing-tags.ts';

const page = { url: 'https://market.example/products/0x1', image: 'https://market.example/products/0x1/card.png' };

it('repeats title and description of the page', () => {
  const html = addSharingTags(
    '<head><title>"Rhine" &amp; Main</title><meta name="description" content="Water &quot;levels&quot; $&amp;."/></head><body></head>',
    page
  );
  expect(html).toContain('<meta property="og:title" content="&quot;Rhine&quot; &amp; Main" />');
  expect(html).toContain('<meta property="og:description" content="Water &quot;levels&quot; $&amp;." />');
  expect(html).toContain(`<link rel="canonical" href="${page.url}" />`);
  expect(html).toContain(`<meta property="og:image" content="${page.image}" />`);
  expect(html.match(/canonical/g)).toHaveLength(1);
});

it('leaves alone what is no page', () => {
  expect(addSharingTags('<p>bare</p>', page)).toBe('<p>bare</p>');
});

it('knows one address of each page', () => {
  const of = (path: string) => canonicalUrl('https://market.example', new URL(path, 'http://localhost:4400'));
  expect(of('/?q=rain&sort=karma')).toBe('https://market.example/');
  expect(of('/?q=rain&category=weather')).toBe('https://market.example/?category=weather');
  expect(of('/?category="><script>')).toBe('https://market.example/?category=%22%3E%3Cscript%3E');
  expect(of('/de/?category=weather')).toBe('https://market.example/de/?category=weather');
  expect(of('/en/products/0x1')).toBe(page.url);
  expect(of('/products/0x1?tab=terms')).toBe(page.url);
});
