import { describe, expect, test } from 'vitest';
import { formatRate, isFlowing, rateOf } from './rate.ts';

const counters = (perMinute: number[], lastEventAt: number | null = 1_000) => ({ events: 500, lastEventAt, perMinute });
const steady = (count: number) => Array.from({ length: 60 }, () => count);

describe('rateOf', () => {
  test('averages the last five full minutes and leaves out the running one', () => {
    const perMinute = steady(10);
    perMinute[59] = 3;
    expect(rateOf([counters(perMinute)]).perMinute).toBe(10);
  });

  test('adds up the streams of a product', () => {
    const rate = rateOf([counters(steady(10), 1_000), counters(steady(5), 2_000)]);
    expect(rate).toMatchObject({ perMinute: 15, events: 1000, lastEventAt: 2_000 });
    expect(rate.history[7]).toBe(15);
  });

  test('counts a stream that has just begun by the minutes in which it ran', () => {
    const perMinute = steady(0);
    perMinute[59] = 50;
    expect(rateOf([counters(perMinute)]).perMinute).toBe(50);
    // 12:00:50 to 12:02:10: one full minute in between.
    expect(rateOf([counters([...steady(0).slice(3), 10, 60, 20])]).perMinute).toBe(60);
  });

  test('a rare event does not pass for a rate', () => {
    const perMinute = steady(0);
    perMinute[30] = 1;
    expect(rateOf([counters(perMinute)]).perMinute).toBe(0);
  });

  test('knows a stream without events', () => {
    expect(rateOf([])).toMatchObject({ perMinute: 0, lastHour: 0, lastEventAt: null });
  });
});

test('says rates in words that fit them', () => {
  expect(formatRate(rateOf([counters(steady(1234))]))).toBe('1,234 / min');
  expect(formatRate(rateOf([counters(steady(2))]))).toBe('2 / min');
  const rare = steady(0);
  rare[10] = 3;
  expect(formatRate(rateOf([counters(rare)]))).toBe('3 / hour');
  expect(formatRate(rateOf([]))).toBe('quiet');
});

test('a stream flows for as long as its promised cadence allows', () => {
  const rate = rateOf([counters(steady(0), 1_000_000)]);
  expect(isFlowing(rate, undefined, 1_060_000)).toBe(true);
  expect(isFlowing(rate, undefined, 1_200_000)).toBe(false);
  expect(isFlowing(rate, 3600, 1_200_000)).toBe(true);
  expect(isFlowing(null, 3600, 0)).toBe(false);
});
