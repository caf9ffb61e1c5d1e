import { getLocale } from '../generated/messages/runtime.js';
import type { Language } from '../language/languages.ts';

/** Which country's habits go with a language: the day before the month, a clock of 24 hours. */
const habits: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE', es: 'es-ES' };

/** Formats are costly to make and many are asked for every second. */
const made = new Map<string, unknown>();

function formatOf<T>(kind: string, options: object, make: (locale: string) => T): T {
  const locale = habits[getLocale()];
  const key = `${kind} ${locale} ${JSON.stringify(options)}`;
  const known = made.get(key) as T | undefined;
  if (known !== undefined) return known;
  const format = make(locale);
  made.set(key, format);
  return format;
}

/** A number as the page's language writes it: "1,234.5", "1.234,5". */
export function formatNumber(value: number | bigint, options: Intl.NumberFormatOptions = {}): string {
  return formatOf('number', options, (locale) => new Intl.NumberFormat(locale, options)).format(value);
}

/** A share of one as a percentage: 0.995 is "99.5%". */
export function formatShare(share: number, digits = 1): string {
  return formatNumber(share, { style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** The mark between the whole and its fraction in the page's language. */
export function decimalMark(): string {
  const parts = formatOf('number', {}, (locale) => new Intl.NumberFormat(locale)).formatToParts(1.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}

/**
 * Day and time in the reader's zone. The server does not know it: what it renders is in UTC and says so, until the
 * browser puts its own in the place.
 *
 * @param milliseconds Unix time.
 */
export function formatDateTime(
  milliseconds: number,
  style: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' }
): string {
  const onServer = typeof window === 'undefined' && style.timeZone === undefined;
  const options = onServer ? { ...style, timeZone: 'UTC' } : style;
  const text = formatOf('date', options, (locale) => new Intl.DateTimeFormat(locale, options)).format(milliseconds);
  return onServer && style.timeStyle !== undefined ? `${text} UTC` : text;
}

/** The day alone: "5 Jan 2027". @param milliseconds Unix time. */
export function formatDate(milliseconds: number): string {
  return formatDateTime(milliseconds, { dateStyle: 'medium' });
}

/** The same in UTC, wherever the reader is: for days that somebody named, and for days of the chain. */
export function formatDateUtc(milliseconds: number): string {
  return formatDateTime(milliseconds, { dateStyle: 'medium', timeZone: 'UTC' });
}

/** The time of day to the second: "14:03:09". @param milliseconds Unix time. */
export function formatTime(milliseconds: number): string {
  return formatDateTime(milliseconds, { timeStyle: 'medium' });
}

export type DurationUnit = 'year' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond';

/** A number of units, in full: "1 day", "2 Tage". */
export function formatUnits(count: number, unit: DurationUnit): string {
  return formatNumber(count, { style: 'unit', unit, unitDisplay: 'long' });
}

/** How far from now, forward if positive: "in 2 days", "vor 2 Tagen". */
export function formatDistance(count: number, unit: Exclude<DurationUnit, 'millisecond'>): string {
  return formatOf('distance', {}, (locale) => new Intl.RelativeTimeFormat(locale)).format(count, unit);
}

/** Names joined to a list: "a, b and c". */
export function formatList(names: readonly string[]): string {
  return formatOf('list', {}, (locale) => new Intl.ListFormat(locale)).format(names);
}

/** What a region (ISO 3166, UN M49) or language (BCP 47) is called in the page's language; undefined where it has no name. */
export function codeName(type: 'region' | 'language', code: string): string | undefined {
  return formatOf('name', { type }, (locale) => new Intl.DisplayNames(locale, { type })).of(code);
}
