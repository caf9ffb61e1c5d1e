import { expect, test } from 'vitest';
import { renderMarkdown } from './markdown.ts';

test('shows HTML as text', () => {
  const html = renderMarkdown('<script>alert(1)</script> <b onclick="x()">bold</b>');
  expect(html).not.toContain('<script');
  expect(html).not.toContain('<b ');
  expect(html).toContain('&lt;script&gt;');
});

test('makes no link out of a script address', () => {
  expect(renderMarkdown('[click](javascript:alert(1))')).not.toContain('href');
});

test('loads no image from elsewhere', () => {
  expect(renderMarkdown('![pixel](https://example.org/track.gif)')).not.toContain('<img');
});

test('hands nothing on with links', () => {
  expect(renderMarkdown('[source](https://example.org)')).toContain('rel="nofollow noopener noreferrer ugc"');
});

test('puts headings below those of the page', () => {
  expect(renderMarkdown('# Title\n\n###### Deep')).toBe('<h3>Title</h3>\n<h6>Deep</h6>\n');
});
