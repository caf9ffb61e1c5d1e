import { expect, it } from 'vitest';
import { measureProgress } from './progress.ts';

it('tells how long it takes by the speed of late', () => {
  let now = 0;
  const meter = measureProgress(1_000, () => now);
  expect(meter.progress(5_000)).toEqual({ from: 1_000, block: 1_000, to: 5_000, secondsLeft: null });
  now = 10_000;
  meter.advanced(2_000);
  expect(meter.progress(5_000)).toEqual({ from: 1_000, block: 2_000, to: 5_000, secondsLeft: 30 });
  // slower from here on: after a while, only that counts
  for (let step = 1; step <= 10; step += 1) {
    now += 10_000;
    meter.advanced(2_000 + step);
  }
  expect(meter.progress(2_020).secondsLeft).toBe(100);
  expect(meter.progress(2_010).secondsLeft).toBe(0);
});
