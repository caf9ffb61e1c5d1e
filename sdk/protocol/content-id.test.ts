import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, hexOf } from './binary.ts';
import { ContentIdInvalidError, contentIdOf, contentIdOfDigest, digestOf, sha256 } from './content-id.ts';
import type { Hex } from './primitives.ts';
import vectors from './vectors/identifiers.json' with { type: 'json' };

it.each(vectors.contents)('vector: $cid', ({ bytes, sha256: hash, cid }) => {
  expect(sha256(bytesOf(bytes as Hex))).toBe(hash);
  expect(contentIdOf(bytesOf(bytes as Hex))).toBe(cid);
});

it('is that of `ipfs add --cid-version=1` for "hello world" with a line feed', () => {
  const cid = 'bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4';
  expect(contentIdOf(new TextEncoder().encode('hello world\n'))).toBe(cid);
});

it('holds the SHA-256 of the bytes, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1000 }), (bytes) => {
      const hash = hexOf(createHash('sha256').update(bytes).digest());
      expect(sha256(bytes)).toBe(hash);
      expect(contentIdOfDigest(hash)).toBe(contentIdOf(bytes));
      expect(digestOf(contentIdOf(bytes))).toBe(hash);
    })
  );
});

describe('refuses', () => {
  const cid = contentIdOf(new Uint8Array());
  it.each([
    ['nothing', ''],
    ['a path', `/ipfs/${cid}`],
    ['version 0', 'QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH'],
    ['a directory or file of many blocks', 'bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354'],
    ['capitals', cid.toUpperCase()],
    ['another base', 'zb2rhmy65F3REf8SZp7De11gxtECBGgUKaLdiDj7MCGCHxbDW'],
    ['a cut-off one', cid.slice(0, -1)],
    ['one with more behind', `${cid}a`]
  ])('%s', (_, text) => {
    expect(() => digestOf(text)).toThrow(ContentIdInvalidError);
  });

  it('a digest of another length', () => {
    expect(() => contentIdOfDigest('0x12')).toThrow(ContentIdInvalidError);
  });
});
