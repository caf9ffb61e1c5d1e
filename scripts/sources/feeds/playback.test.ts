import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Content } from './feed.ts';
import { playback } from './playback.ts';

const records: Content[] = Array.from({ length: 100 }, (_, number) => ({ number }));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('playback', () => {
  it('plays each record once, also when a timer rings before its time', async () => {
    const seconds = 0.01;
    // what the clock says each time it is asked: once at the beat, once for the wait; 1 ms early the second time
    const clock = [1_000, 1_000, 1_009, 1_009, 1_010, 1_010, 1_020, 1_020];
    const stop = new AbortController();
    vi.spyOn(Date, 'now').mockImplementation(() => {
      const time = clock.shift();
      if (time === undefined) stop.abort();
      return time ?? 1_020;
    });
    const played: unknown[] = [];
    await playback(seconds, () => records)
      .run((content) => played.push(content['number']), stop.signal)
      .catch((error: unknown) => {
        expect((error as Error).name).toBe('AbortError');
      });
    expect(played).toEqual([0, 1, 2]);
  });
});
