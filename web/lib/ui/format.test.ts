import { describe, expect, test, vi } from 'vitest';
import { inLanguage } from '../server/language.ts';
import { codeName, formatDate, formatDateTime, formatList, formatNumber, formatShare, formatTime } from './format.ts';
import { formatDatacoin, formatDatacoinExactly, parseDatacoin } from './money.ts';
import { formatPeriod, formatSince } from './period.ts';

const winter = Date.UTC(2027, 0, 5, 14, 3, 9);
const amount = 1_250_250_000_000_000_000_000n;

test.each([
  ['en', '1,234.5', '99.5%', '5 Jan 2027, 14:03 UTC', '1,250.25', '1 day 4 hours', '2 minutes ago', 'Switzerland'],
  ['de', '1.234,5', '99,5\u00a0%', '05.01.2027, 14:03 UTC', '1.250,25', '1 Tag 4 Stunden', 'vor 2 Minuten', 'Schweiz'],
  ['es', '1234,5', '99,5\u00a0%', '5 ene 2027, 14:03 UTC', '1250,25', '1 día 4 horas', 'hace 2 minutos', 'Suiza']
] as const)('in %s', (language, number, share, date, money, period, since, region) => {
  inLanguage(language, () => {
    expect(formatNumber(1234.5)).toBe(number);
    expect(formatShare(0.995)).toBe(share);
    expect(formatDateTime(winter)).toBe(date);
    expect(formatDatacoin(amount)).toBe(money);
    expect(formatPeriod(100_800)).toBe(period);
    expect(formatSince(winter, winter + 125_000)).toBe(since);
    expect(codeName('region', 'CH')).toBe(region);
  });
});

describe('amounts', () => {
  test.each(['en', 'de', 'es'] as const)('with every digit can be typed as %s writes them', (language) => {
    inLanguage(language, () => {
      expect(parseDatacoin(formatDatacoinExactly(amount))).toBe(amount);
    });
  });
});

describe('times', () => {
  test('have a day, and a time of day', () => {
    expect(formatDate(winter)).toBe('5 Jan 2027');
    expect(formatTime(winter)).toBe('14:03:09 UTC');
  });

  test('are in the zone of the reader in a browser', () => {
    vi.stubGlobal('window', {});
    vi.stubEnv('TZ', 'Europe/Zurich');
    expect(formatTime(winter)).toMatch(/^\d\d:03:09$/);
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  });
});

test('lists end in the language’s "and"', () => {
  inLanguage('de', () => {
    expect(formatList(['a', 'b', 'c'])).toBe('a, b und c');
  });
});
