import MarkdownIt from 'markdown-it';
import { asOutside } from '#sdk/protocol/package-name';
import type { DocumentSlug } from '../docs/documents.ts';
import { m } from '../generated/messages/messages.js';
import { baseLocale } from '../generated/messages/runtime.js';
import type { Language } from '../language/languages.ts';

/** The documentation's own texts, by path; bundled, so that serving them reads no file. */
const texts = import.meta.glob<string>('/web/docs/*/*.md', { query: '?raw', import: 'default', eager: true });
/** Programs that the tests run, which code blocks name: "```ts runnable=sell.ts". */
const examples = import.meta.glob<string>('/sdk/examples/*.ts', { query: '?raw', import: 'default', eager: true });

export interface Heading {
  /** Of the anchor, without #; the same in every language, so that links hold in all of them. */
  readonly id: string;
  readonly text: string;
}

export interface DocumentPage {
  readonly title: string;
  /** The first paragraph as plain text, for search engines. */
  readonly summary: string;
  readonly html: string;
  /** Headings of the second level, in their order. */
  readonly headings: readonly Heading[];
}

/** Quotation marks around what stands between straight ones, and inside of them. */
const quotes: Readonly<Record<Language, string>> = { en: '“”‘’', de: '„“‚‘', es: '«»“”' };

function markdownIn(language: Language) {
  const markdown = new MarkdownIt('default', { html: false, typographer: true, quotes: quotes[language] });

  // Tables are wider than phones: each scrolls by itself, and can be reached by keyboard for that.
  markdown.renderer.rules.table_open = (tokens, index) => {
    const heading = tokens.slice(0, index).findLastIndex(({ type }) => type === 'heading_open');
    const label = markdown.utils.escapeHtml(tokens[heading + 1]?.content ?? '');
    return `<div class="table" role="region" aria-label="${label}" tabindex="0"><table>\n`;
  };
  markdown.renderer.rules.table_close = () => '</table></div>\n';

  markdown.renderer.rules.fence = (tokens, index) => {
    const token = tokens[index];
    const runnable = /\brunnable=(\S+)/.exec(token?.info ?? '')?.[1];
    const code = runnable === undefined ? (token?.content ?? '') : examples[`/sdk/examples/${runnable}`];
    // Found by the tests, which render every page.
    if (code === undefined) throw new RangeError(`sdk/examples has no ${String(runnable)}`);
    const label = runnable === undefined ? m.docs_code({}, { locale: language }) : `sdk/examples/${runnable}`;
    const caption = runnable === undefined ? '' : `<figcaption><code>sdk/examples/${runnable}</code></figcaption>`;
    return `<figure>${caption}<pre role="region" aria-label="${label}" tabindex="0"><code>${markdown.utils.escapeHtml(asOutside(code))}</code></pre></figure>\n`;
  };
  return markdown;
}

/** The anchor of a heading: its words in lowercase with hyphens. */
const anchorOf = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

const rendered = new Map<string, DocumentPage>();

/** A page of the documentation in a language, rendered once. */
export function documentPage(slug: DocumentSlug, language: Language): DocumentPage {
  const file = `/web/docs/${language}/${slug}.md`;
  const known = rendered.get(file);
  if (known !== undefined) return known;
  const english = language === baseLocale ? null : documentPage(slug, baseLocale);
  const markdown = markdownIn(language);
  const tokens = markdown.parse(texts[file] ?? '', {});
  const headings: Heading[] = [];
  let title = '';
  let summary = '';
  tokens.forEach((token, index) => {
    const inline = tokens[index + 1];
    if (inline === undefined) return;
    const plain = (inline.children ?? [])
      .map(({ type, content }) => (type === 'softbreak' ? ' ' : content))
      .join('')
      .trim();
    if (token.type === 'paragraph_open' && summary === '') summary = plain;
    if (token.type !== 'heading_open') return;
    if (token.tag === 'h1') title = plain;
    if (token.tag !== 'h2') return;
    const id = english?.headings[headings.length]?.id ?? anchorOf(plain);
    token.attrSet('id', id);
    headings.push({ id, text: plain });
  });
  const page = { title, summary, headings, html: markdown.renderer.render(tokens, markdown.options, {}) };
  rendered.set(file, page);
  return page;
}
