import { expect, test } from 'vitest';
import { formatPeriod, formatSince } from './period.ts';

test.each([
  [0, '0 seconds'],
  [1, '1 second'],
  [61, '1 minute 1 second'],
  [3600, '1 hour'],
  [90_061, '1 day 1 hour'],
  [31_536_000 + 86_400, '1 year 1 day']
])('%d seconds are %s', (seconds, words) => {
  expect(formatPeriod(seconds)).toBe(words);
});

test('says how long ago and how far ahead', () => {
  expect(formatSince(1_000_000, 1_003_000)).toBe('just now');
  expect(formatSince(1_000_000, 1_125_000)).toBe('2 minutes ago');
  expect(formatSince(1_125_000, 1_000_000)).toBe('in 2 minutes');
});
