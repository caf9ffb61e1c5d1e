import { describe, expect, it } from 'vitest';
import { strangersText, strangersValue } from './third-party.ts';

describe('text of third parties', () => {
  it('is cut, says so, and holds nothing invisible', () => {
    expect(strangersText('abc', 3)).toBe('abc');
    expect(strangersText('abcdef', 3)).toBe('abc… (3 characters cut)');
    expect(strangersText('a\u202eb\u200bc\u001b[0m', 20)).toBe('a\ufffdb\ufffdc\ufffd[0m');
  });

  it('keeps its structure as long as it is short', () => {
    expect(strangersValue({ a: ['\u202e', 1, null] }, 100)).toEqual({ a: ['\ufffd', 1, null] });
    expect(strangersValue({ a: 'x'.repeat(50) }, 20)).toBe('{"a":"xxxxxxxxxxxxxx… (38 characters cut)');
    expect(strangersValue(undefined, 20)).toBeNull();
  });
});
