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
  const html = renderMarkdown(
    '![pixel](https://example.org/track.gif) [![in a link](https://example.org/b.png)](https://example.org)'
  );
  expect(html).not.toContain('<img');
  expect(html).toContain('<a href="https://example.org/track.gif" rel="nofollow noopener noreferrer ugc">pixel</a>');
  expect(html).toContain('>in a link</a>');
  expect(renderMarkdown('![x](data:image/svg+xml;base64,AAAA) ![y](//example.org/x.png)')).not.toMatch(/<img|href/);
});

test('shows pictures of IPFS through this market', () => {
  const cid = `b${'a'.repeat(58)}`;
  expect(renderMarkdown(`![a "gauge"](ipfs://${cid})`)).toContain(`<img src="/images/${cid}/640.webp"`);
  expect(renderMarkdown(`![a "gauge"](/ipfs/${cid})`)).toMatch(/alt="a .{1,6}gauge.{1,6}"/);
  expect(renderMarkdown(`![x](ipfs://${cid}/../../secret)`)).not.toContain('<img');
});

test('hands nothing on with links', () => {
  expect(renderMarkdown('[source](https://example.org)')).toContain('rel="nofollow noopener noreferrer ugc"');
});

test('puts headings below those of the page', () => {
  expect(renderMarkdown('# Title\n\n###### Deep')).toBe('<h3>Title</h3>\n<h6>Deep</h6>\n');
});
