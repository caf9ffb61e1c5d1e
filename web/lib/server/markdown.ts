import MarkdownIt from 'markdown-it';

// Written by sellers: no HTML, no images (they would call other hosts), links that hand nothing on.
const markdown = new MarkdownIt('default', { html: false, linkify: true, typographer: true });
markdown.disable('image');
const plainLink = markdown.renderer.rules.link_open;
markdown.renderer.rules.link_open = (tokens, index, options, environment, self) => {
  tokens[index]?.attrSet('rel', 'nofollow noopener noreferrer ugc');
  return plainLink?.(tokens, index, options, environment, self) ?? self.renderToken(tokens, index, options);
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
