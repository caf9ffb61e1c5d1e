import { m } from '../generated/messages/messages.js';
import { formatDistance, formatUnits } from './format.ts';

const parts = [
  ['year', 31_536_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1]
] as const;

/**
 * A length of time in words.
 *
 * @param seconds Whole seconds.
 * @param most How many units at most: 2 gives "1 day 4 hours".
 */
export function formatPeriod(seconds: number, most = 2): string {
  let rest = Math.max(0, Math.round(seconds));
  const words: string[] = [];
  for (const [unit, length] of parts) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(formatUnits(count, unit));
    if (words.length === most) break;
  }
  return words.length === 0 ? formatUnits(0, 'second') : words.join(' ');
}

/**
 * How long ago something was, or how far ahead it is.
 *
 * @param milliseconds Unix time. @param now Unix time in milliseconds.
 */
export function formatSince(milliseconds: number, now: number): string {
  const seconds = Math.round((milliseconds - now) / 1000);
  const [unit, length] = parts.find(([, one]) => Math.abs(seconds) >= one) ?? ['second', 1];
  if (unit === 'second' && Math.abs(seconds) < 5) return m.ui_just_now();
  return formatDistance(Math.trunc(seconds / length), unit);
}
