import { expect, it } from 'vitest';
import { sizeLimits, sizeOf } from './size-limits.ts';

it.each(Object.entries(sizeLimits))('a page loads %s in at most %i bytes, and not far less', async (door, limit) => {
  const size = await sizeOf(door);
  expect(size).toBeLessThanOrEqual(limit);
  // A limit that is far away lets things grow unseen.
  expect(size).toBeGreaterThan(limit * 0.85);
});
