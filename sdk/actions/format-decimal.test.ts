import { expect, it } from 'vitest';
import { formatDecimal } from './format-decimal.ts';

it.each([
  [0n, '0'],
  [1n, '0.000000000000000001'],
  [10n ** 18n, '1'],
  [15n * 10n ** 17n, '1.5'],
  [-15n * 10n ** 17n, '-1.5'],
  [1234n * 10n ** 18n + 50n * 10n ** 15n, '1234.05']
])('writes %s wei as %s', (amount, text) => {
  expect(formatDecimal(amount, 18)).toBe(text);
});
