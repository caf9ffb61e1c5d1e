import { expect, it } from 'vitest';
import { pointsAt } from './karma.ts';

const decay = { origin: 1_000, halfLife: 100 };
const data = 10n ** 18n;

it('halves in every half-life', () => {
  const units = String(64n * data);
  const at = (time: number) => pointsAt(units, time, decay);
  expect([1_000, 1_100, 1_200, 1_600].map(at)).toEqual([64n, 32n, 16n, 1n].map((points) => String(points * data)));
});

it('takes the square root of two in half of one', () => {
  const points = BigInt(pointsAt(String(1_000n * data), 1_050, decay));
  const expected = 707_106_781_186_547_524_400n;
  expect(points > expected - 10n ** 6n && points < expected + 10n ** 6n).toBe(true);
});

it('expires below one DATA, and counts nothing before its origin', () => {
  expect(pointsAt(String(64n * data), 1_601, decay)).toBe('0');
  expect(pointsAt(String(2n * data), 5, decay)).toBe(String(2n * data));
  expect(pointsAt((2n ** 256n - 1n).toString(), 2 ** 40 - 1, decay)).toBe('0');
  expect(pointsAt('0', 1_000, decay)).toBe('0');
});
