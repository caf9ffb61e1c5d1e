import { expect, test } from 'vitest';
import { comparablePrices } from './comparable-prices.ts';

test('names the middle and the usual range, whatever the order', () => {
  expect(comparablePrices([50n, 10n, 40n, 20n, 30n])).toEqual({ count: 5, lower: 20n, middle: 30n, upper: 40n });
});

test('one price is all of them', () => {
  expect(comparablePrices([7n])).toEqual({ count: 1, lower: 7n, middle: 7n, upper: 7n });
});

test('compares by size, not by digits', () => {
  expect(comparablePrices([100n, 9n, 20n])).toMatchObject({ lower: 9n, middle: 20n, upper: 20n });
});

test('what is free is no price', () => {
  expect(comparablePrices([0n, 5n, 0n])).toEqual({ count: 1, lower: 5n, middle: 5n, upper: 5n });
  expect(comparablePrices([0n])).toBeNull();
  expect(comparablePrices([])).toBeNull();
});
