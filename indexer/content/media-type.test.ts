import { describe, expect, it } from 'vitest';
import { mediaTypeOf } from './media-type.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('mediaTypeOf', () => {
  it.each([
    ['{"a":1}', 'application/json'],
    [' [1]', 'application/json'],
    ['{"a":', 'text/plain; charset=utf-8'],
    ['# Terms', 'text/plain; charset=utf-8'],
    ['<!doctype html><script>alert(1)</script>', 'text/plain; charset=utf-8'],
    ['<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 'text/plain; charset=utf-8'],
    ['', 'text/plain; charset=utf-8']
  ])('of %j is %s', (value, type) => {
    expect(mediaTypeOf(text(value))).toBe(type);
  });

  it('knows pictures by their first bytes', () => {
    expect(mediaTypeOf(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]))).toBe('image/png');
    expect(mediaTypeOf(Uint8Array.from([0xff, 0xd8, 0xff, 0xe0]))).toBe('image/jpeg');
    expect(mediaTypeOf(text('RIFF1234WEBPVP8 '))).toBe('image/webp');
  });

  it('calls everything else bytes', () => {
    expect(mediaTypeOf(Uint8Array.from([0xff, 0xfe, 0x00]))).toBe('application/octet-stream');
  });
});
