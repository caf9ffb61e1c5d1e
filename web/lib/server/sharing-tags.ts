import { languageOfPath, withoutLanguage } from '../language/languages.ts';

/** What of a page only the server knows. */
export interface SharedPage {
  /** The page's one address, without what of its query changes nothing that matters. */
  readonly url: string;
  /** Absolute address of its social card, 1,200 by 630 pixels. */
  readonly image: string;
}

/**
 * Adds to a page what messengers and search engines ask for: its canonical address, and Open Graph and Twitter tags that
 * repeat its own title and description. All pages get them here, so that none can forget; browsers do not need them.
 *
 * @param html Of the whole page; where it has no title, nothing is added.
 */
export function addSharingTags(html: string, { url, image }: SharedPage): string {
  const title = /<title>([^<]*)<\/title>/.exec(html)?.[1];
  if (title === undefined) return html;
  // Both are escaped already, as attributes and as text.
  const description = /<meta\s+name="description"\s+content="([^"]*)"/.exec(html)?.[1] ?? '';
  const quoted = (text: string) => text.replaceAll('"', '&quot;');
  const tags = [
    `<link rel="canonical" href="${escaped(url)}" />`,
    property('og:site_name', 'Tributary'),
    property('og:type', 'website'),
    property('og:url', escaped(url)),
    property('og:title', quoted(title)),
    property('og:description', description),
    property('og:image', escaped(image)),
    property('og:image:width', '1200'),
    property('og:image:height', '630'),
    property('og:image:alt', quoted(title)),
    '<meta name="twitter:card" content="summary_large_image" />'
  ];
  return html.replace('</head>', () => `${tags.join('\n    ')}\n  </head>`);
}

/**
 * The canonical address: categories are pages of their own for search engines, other narrowings are views of a page.
 *
 * @param origin Without a slash at its end.
 */
export function canonicalUrl(
  origin: string,
  { pathname, searchParams }: Pick<URL, 'pathname' | 'searchParams'>
): string {
  // English has no language in its addresses.
  const path = languageOfPath(pathname) === 'en' ? withoutLanguage(pathname) : pathname;
  const category = withoutLanguage(path) === '/' ? searchParams.get('category') : null;
  const query = category === null ? '' : `?category=${encodeURIComponent(category)}`;
  return `${origin}${path}${query}`;
}

const property = (name: string, content: string) => `<meta property="${name}" content="${content}" />`;
const escaped = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${String(character.charCodeAt(0))};`);
