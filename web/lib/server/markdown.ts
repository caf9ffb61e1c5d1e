import MarkdownIt from 'markdown-it';
import { pictureCidPattern, picturePath, pictureSet } from '../pictures/variants.ts';

// Written by sellers: no HTML, no images from other hosts, links that hand nothing on.
const markdown = new MarkdownIt('default', { html: false, linkify: true, typographer: true });
const plainLink = markdown.renderer.rules.link_open;
markdown.renderer.rules.link_open = (tokens, index, options, environment, self) => {
  tokens[index]?.attrSet('rel', 'nofollow noopener noreferrer ugc');
  return plainLink?.(tokens, index, options, environment, self) ?? self.renderToken(tokens, index, options);
};
// Pictures come from IPFS through this market: what buyers see is what was listed, and nobody learns who looks. Others
// are links, unless they stand in one already.
markdown.renderer.rules.image = (tokens, index, _options, _environment, self) => {
  const { escapeHtml } = markdown.utils;
  const token = tokens[index];
  const address = String(token?.attrGet('src') ?? '');
  const alt = escapeHtml(self.renderInlineAsText(token?.children ?? [], markdown.options, {}));
  const cid = /^(?:ipfs:\/\/|\/ipfs\/)([^/?#]+)$/.exec(address)?.[1];
  if (cid !== undefined && pictureCidPattern.test(cid)) {
    return `<img src="${picturePath(cid, 640, 'webp')}" srcset="${pictureSet(cid, 'webp')}" sizes="(max-width: 48rem) 100vw, 44rem" alt="${alt}" loading="lazy" decoding="async">`;
  }
  const before = tokens.slice(0, index).map(({ type }) => (type === 'link_open' ? 1 : type === 'link_close' ? -1 : 0));
  const text = alt === '' ? 'Picture' : alt;
  if (before.reduce<number>((depth, step) => depth + step, 0) > 0 || !/^https?:/i.test(address)) return text;
  return `<a href="${escapeHtml(address)}" rel="nofollow noopener noreferrer ugc">${text}</a>`;
};
// The page has its own first and second level.
markdown.core.ruler.push('lower-headings', (state) => {
  for (const token of state.tokens) {
    if (token.type === 'heading_open' || token.type === 'heading_close') {
      token.tag = `h${String(Math.min(6, Number(token.tag.slice(1)) + 2))}`;
    }
  }
});

/** A seller's Markdown as HTML that is safe to show. */
export function renderMarkdown(text: string): string {
  return markdown.render(text);
}
