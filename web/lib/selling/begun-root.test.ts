import { expect, it } from 'vitest';
import type { StreamRoot } from '../keys/stream-roots.ts';
import { begunRoot } from './begun-root.ts';

const root = (era: number, createdAt: number): StreamRoot => ({
  stream: `0x${'a'.repeat(40)}`,
  era,
  root: new Uint8Array(32),
  createdAt
});

it('publishes under new keys from the slot on from which they are granted', () => {
  const [first, second] = [root(1, 0), root(2, 599_000)];
  const eraAt = (now: number) => begunRoot([first, second], now, 60)?.era;
  // Made in slot 9: they begin with slot 11.
  expect([600_000, 659_999, 660_000].map(eraAt)).toEqual([1, 1, 2]);
  expect(begunRoot([first], 1, 60)).toBe(first);
  expect(begunRoot([], 1, 60)).toBeUndefined();
});
