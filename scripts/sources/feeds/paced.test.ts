import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Content } from './feed.ts';
import { paced } from './paced.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_795_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it('lets so many through per second and says what it left out', () => {
  const passed: Content[] = [];
  const emit = paced(2, (content) => passed.push(content));
  for (let number = 0; number < 5; number++) emit({ number });
  vi.advanceTimersByTime(1_000);
  emit({ number: 5 });
  emit({ number: 6 });
  expect(passed).toEqual([
    { number: 0, skipped: 0 },
    { number: 1, skipped: 0 },
    { number: 5, skipped: 3 },
    { number: 6, skipped: 0 }
  ]);
});
