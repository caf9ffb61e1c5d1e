import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compress } from './compress.ts';

const page = 'a'.repeat(5_000);
const asked = (encoding: string) => new Request('http://localhost/', { headers: { 'accept-encoding': encoding } });
const answer = (body: string, type = 'text/html') =>
  new Response(body, { headers: { 'content-type': type, 'content-length': String(body.length), etag: '"1"' } });

test('packs a page for a client that takes gzip', async () => {
  const packed = compress(asked('br, gzip;q=0.8'), answer(page));
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('content-length')).toBeNull();
  expect(packed.headers.get('etag')).toBe('W/"1"');
  expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe(page);
});

test('leaves it plain for others, and says that it depends', async () => {
  const plain = compress(asked('identity'), answer(page));
  expect(plain.headers.get('content-encoding')).toBeNull();
  expect(plain.headers.get('vary')).toBe('accept-encoding');
  expect(await plain.text()).toBe(page);
});

test('leaves alone what is small or packed already by its nature', () => {
  expect(compress(asked('gzip'), answer('short')).headers.get('content-encoding')).toBeNull();
  expect(compress(asked('gzip'), answer(page, 'image/png')).headers.get('content-encoding')).toBeNull();
});
