import { describe, expect, test } from 'vitest';
import { formatDatacoin, formatDatacoinExactly, parseDatacoin } from './money.ts';

const data = 10n ** 18n;

describe('formatDatacoin', () => {
  test.each([
    [0n, '0'],
    [data, '1'],
    [1250n * data, '1,250'],
    [1_234_567n * data, '1,234,567'],
    [36n * 10n ** 16n, '0.36'],
    [72_000_000_000_000_000n, '0.072'],
    [1n, '0.000000000000000001'],
    [25_920_000_000_000_000_000n, '25.92']
  ])('writes %s wei as %s', (wei, text) => {
    expect(formatDatacoin(wei)).toBe(text);
  });

  test('rounds up, so that nobody is shown less than is paid', () => {
    expect(formatDatacoin(2_009_100_000_000_000_001n)).toBe('2.01');
    expect(formatDatacoin(999_999_999_999_999_999n)).toBe('1');
  });

  test('writes every digit where it must be exact', () => {
    expect(formatDatacoinExactly('2009100000000000001')).toBe('2.009100000000000001');
    expect(formatDatacoinExactly(3n * data)).toBe('3');
  });
});

describe('parseDatacoin', () => {
  test.each([
    ['0.5', data / 2n],
    ['1,5', (3n * data) / 2n],
    ['.25', data / 4n],
    [' 12 ', 12n * data],
    ['0.000000000000000001', 1n]
  ])('reads %s', (text, wei) => {
    expect(parseDatacoin(text)).toBe(wei);
  });

  test.each(['', '-1', '1e3', '0x10', '1.2.3', '0.0000000000000000001', 'free'])('refuses "%s"', (text) => {
    expect(parseDatacoin(text)).toBeNull();
  });
});
