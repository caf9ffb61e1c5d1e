import { formatDecimal } from '#sdk/actions/format-decimal';
import { TributaryError } from '#sdk/protocol/problem';

/** What was typed is not what the command takes. */
export class UsageError extends TributaryError {
  readonly code = 'usage';
  readonly title = 'The command was not understood';
}

const unit = 10n ** 18n;

/** DATAcoin wei in DATA, every digit: "0.036 DATA". */
export const dataWords = (wei: bigint | string) => `${formatDecimal(BigInt(wei), 18)} DATA`;

/** The price of an offer per hour, or "free". */
export const hourlyPrice = (weiPerSecond: bigint | string) =>
  BigInt(weiPerSecond) === 0n ? 'free' : `${shortDecimal(BigInt(weiPerSecond) * 3600n)} DATA/h`;

/** DATAcoin wei with at most six significant digits after leading zeros, rounded up: nobody is shown less than is paid. */
export function shortDecimal(wei: bigint, significant = 6): string {
  const digits = wei.toString().length;
  const step = 10n ** BigInt(Math.max(0, digits - significant));
  // Whole DATA stay exact.
  const usable = step > unit ? unit : step;
  return formatDecimal(((wei + usable - 1n) / usable) * usable, 18);
}

/**
 * DATAcoin as a person writes it, such as "0.05".
 *
 * @returns Wei.
 * @throws {@link UsageError}
 */
export function parseData(text: string): bigint {
  const match = /^(\d{1,30})(?:\.(\d{1,18}))?$/.exec(text.trim().replace(/\s*DATA$/i, ''));
  if (match === null) throw new UsageError(`"${text}" is no amount of DATA. Write it such as 0.5, with a point.`);
  return BigInt(match[1] ?? '0') * unit + BigInt((match[2] ?? '').padEnd(18, '0'));
}

const lengths: Readonly<Record<string, number>> = {
  s: 1,
  second: 1,
  m: 60,
  min: 60,
  minute: 60,
  h: 3_600,
  hour: 3_600,
  d: 86_400,
  day: 86_400,
  w: 604_800,
  week: 604_800,
  y: 31_536_000,
  year: 31_536_000
};

/**
 * A length of time as a person writes it: "90m", "1h 30m", "2 days"; a bare number is seconds.
 *
 * @returns Seconds.
 * @throws {@link UsageError}
 */
export function parsePeriod(text: string): number {
  const bare = text.trim();
  let seconds = /^\d+$/.test(bare) ? Number(bare) : 0;
  if (seconds === 0) {
    const pattern = /(\d+(?:\.\d+)?)\s*([a-z]+)\s*/gy;
    let end = 0;
    for (let part = pattern.exec(bare); part !== null; part = pattern.exec(bare)) {
      const length = lengths[part[2] ?? ''] ?? lengths[(part[2] ?? '').replace(/s$/, '')] ?? Number.NaN;
      seconds += Number(part[1]) * length;
      end = pattern.lastIndex;
    }
    if (end !== bare.length) seconds = Number.NaN;
  }
  if (Number.isFinite(seconds) && seconds >= 1) return Math.round(seconds);
  throw new UsageError(`"${text}" is no length of time. Write it such as 90m, 1h, 2d, "1 week".`);
}

/**
 * A point in time: ISO 8601, or Unix seconds.
 *
 * @returns Unix seconds.
 * @throws {@link UsageError}
 */
export function parseTime(text: string): number {
  const value = /^\d{9,11}$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isFinite(value)) return Math.floor(value);
  throw new UsageError(`"${text}" is no time. Write it such as 2026-12-24T18:00:00Z.`);
}

const parts = [
  ['year', 31_536_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1]
] as const;

/** A length of time in words, its two largest parts: "1 day 4 hours". */
export function periodWords(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const words: string[] = [];
  for (const [name, length] of parts) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) words.push(`${String(count)} ${name}${count === 1 ? '' : 's'}`);
    if (words.length === 2) break;
  }
  return words.length === 0 ? '0 seconds' : words.join(' ');
}

/** Unix seconds as a time: "2026-12-24 18:00:00 UTC". */
export const timeWords = (seconds: number) =>
  seconds >= 8_640_000_000_000 || seconds >= 2 ** 40 - 1
    ? 'never'
    : new Date(seconds * 1000).toISOString().replace('T', ' ').replace('.000Z', ' UTC');
