import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents, documentPath } from '../docs/documents.ts';
import { documentPage } from './document-page.ts';

const pages = documents.map(({ slug }) => ({ slug, text: readFileSync(`web/docs/${slug}.md`, 'utf8') }));
const decode = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

it('lists every file', () => {
  expect(documents.map(({ slug }) => `${slug}.md`).sort()).toEqual(readdirSync('web/docs').sort());
});

describe.each(pages)('$slug', ({ slug, text }) => {
  it('has a title, a summary and anchors', () => {
    const page = documentPage(slug);
    expect(text).toContain(`# ${page.title}\n`);
    expect(page.summary.length).toBeGreaterThan(40);
    for (const { id } of page.headings) expect(page.html).toContain(`<h2 id="${id}">`);
    expect(new Set(page.headings.map(({ id }) => id)).size).toBe(page.headings.length);
  });

  it('shows runnable programs as they are in sdk/examples', () => {
    const { html } = documentPage(slug);
    for (const [, file] of text.matchAll(/runnable=(\S+)/g)) {
      expect(decode(html)).toContain(readFileSync(`sdk/examples/${String(file)}`, 'utf8'));
    }
  });

  it('links to pages and anchors that exist', () => {
    const known = new Map(documents.map((one) => [documentPath(one.slug), documentPage(one.slug)]));
    for (const [, path = '', anchor] of text.matchAll(/\]\((\/docs[^)#]*)(?:#([^)]*))?\)/g)) {
      const page = known.get(path);
      expect(page, path).toBeDefined();
      if (anchor !== undefined) expect(page?.headings.map(({ id }) => id)).toContain(anchor);
    }
  });
});

it('shows every program of sdk/examples somewhere', () => {
  const shown = pages.flatMap(({ text }) => [...text.matchAll(/runnable=(\S+)/g)].map(([, file]) => file));
  expect(shown.sort()).toEqual(readdirSync('sdk/examples').sort());
});
