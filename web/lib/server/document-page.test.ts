import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { documents, documentPath, type DocumentSlug } from '../docs/documents.ts';
import { languages, type Language } from '../language/languages.ts';
import { documentPage } from './document-page.ts';

const textOf = (language: Language, slug: DocumentSlug) => readFileSync(`web/docs/${language}/${slug}.md`, 'utf8');
const pages = languages.flatMap((language) => documents.map((slug) => ({ language, slug })));
const decode = (html: string) =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/** What has to be alike in every language. */
function skeletonOf(text: string) {
  const blocks = [...text.matchAll(/^```.*?^```$/gms)].map(([block]) => block);
  const prose = text.replaceAll(/^```.*?^```$/gms, '');
  return {
    headings: [...prose.matchAll(/^#+/gm)].map(([level]) => level),
    // of programs what stands behind # is a remark
    blocks: blocks.map((block) => (block.startsWith('```sh') ? block.replaceAll(/ +#.*$/gm, '') : block)),
    links: [...prose.matchAll(/\]\(([^)]*)\)/g)].map(([, target]) => target).sort(),
    code: [...new Set([...prose.matchAll(/`[^`]+`/g)].map(([code]) => code))].sort(),
    rows: [...prose.matchAll(/^\|.*$/gm)].map(([row]) => row.split('|').length),
    items: [...prose.matchAll(/^- /gm)].length,
    paragraphs: prose.split(/\n\n+/).length
  };
}

it.each(languages)('lists every file in %s', (language) => {
  expect(documents.map((slug) => `${slug}.md`).sort()).toEqual(readdirSync(`web/docs/${language}`).sort());
});

describe.each(pages)('$slug in $language', ({ language, slug }) => {
  const text = textOf(language, slug);

  it('has a title, a summary and anchors', () => {
    const page = documentPage(slug, language);
    expect(text).toContain(`# ${page.title}\n`);
    expect(page.summary.length).toBeGreaterThan(40);
    for (const { id } of page.headings) expect(page.html).toContain(`<h2 id="${id}">`);
    expect(new Set(page.headings.map(({ id }) => id)).size).toBe(page.headings.length);
  });

  it('shows runnable programs as they are in the package', () => {
    const { html } = documentPage(slug, language);
    for (const [, file] of text.matchAll(/runnable=(\S+)/g)) {
      const program = readFileSync(`sdk/examples/${String(file)}`, 'utf8');
      expect(program).toContain("'#sdk/actions/");
      expect(decode(html)).toContain(program.replaceAll("'#sdk/", "'tributary-sdk/"));
      expect(html).not.toContain('#sdk/');
    }
  });

  it('links to pages and anchors that exist', () => {
    const known = new Map(documents.map((one) => [documentPath(one), documentPage(one, language)]));
    for (const [, path = '', anchor] of text.matchAll(/\]\((\/docs[^)#]*)(?:#([^)]*))?\)/g)) {
      const page = known.get(path);
      expect(page, path).toBeDefined();
      if (anchor !== undefined) expect(page?.headings.map(({ id }) => id)).toContain(anchor);
    }
  });

  it('says as much as in English, with the same anchors, programs, links and tables', () => {
    expect(skeletonOf(text)).toEqual(skeletonOf(textOf('en', slug)));
    const ids = (page: { headings: readonly { id: string }[] }) => page.headings.map(({ id }) => id);
    expect(ids(documentPage(slug, language))).toEqual(ids(documentPage(slug, 'en')));
  });
});

it('is in the language that it says it is in', () => {
  const words = { en: / the .* and /s, de: / die .* und /s, es: / los .* que /s };
  for (const { language, slug } of pages) {
    const text = textOf(language, slug);
    for (const other of languages)
      expect([slug, other, words[other].test(text)]).toEqual([slug, other, other === language]);
  }
});

it('shows every program of sdk/examples somewhere', () => {
  const shown = documents.flatMap((slug) =>
    [...textOf('en', slug).matchAll(/runnable=(\S+)/g)].map(([, file]) => file)
  );
  expect(shown.sort()).toEqual(readdirSync('sdk/examples').sort());
});
