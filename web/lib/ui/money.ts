import { decimalMark, formatNumber } from './format.ts';

const unit = 10n ** 18n;

/**
 * An amount of DATAcoin for people: at most `significant` digits after the leading zeros of the fraction, rounded up
 * in the last one, so that nobody is shown less than is paid.
 *
 * @param wei Amount in wei (10^-18 DATA), as bigint or decimal digits.
 * @returns Such as "0", "1,250", "0.036"; in German "1.250", "0,036".
 */
export function formatDatacoin(wei: bigint | string, significant = 4): string {
  const amount = typeof wei === 'bigint' ? wei : BigInt(wei);
  const whole = amount / unit;
  const fraction = (amount % unit).toString().padStart(18, '0');
  const leadingZeros = whole === 0n ? fraction.length - fraction.replace(/^0+/, '').length : 0;
  const places = Math.min(18, Math.max(leadingZeros + significant - (whole === 0n ? 0 : whole.toString().length), 2));
  const step = 10n ** BigInt(18 - places);
  const rounded = ((amount + step - 1n) / step) * step;
  const digits = (rounded % unit).toString().padStart(18, '0').slice(0, places).replace(/0+$/, '');
  const grouped = formatNumber(rounded / unit);
  return digits === '' ? grouped : `${grouped}${decimalMark()}${digits}`;
}

/** An amount with every digit for programs: a point in every language, no groups. */
export function plainDatacoin(wei: bigint | string): string {
  const amount = typeof wei === 'bigint' ? wei : BigInt(wei);
  const digits = (amount % unit).toString().padStart(18, '0').replace(/0+$/, '');
  const whole = (amount / unit).toString();
  return digits === '' ? whole : `${whole}.${digits}`;
}

/** The same as people of the page's language write it, for tooltips. */
export const formatDatacoinExactly = (wei: bigint | string): string => plainDatacoin(wei).replace('.', decimalMark());

/**
 * DATAcoin as a person writes it.
 *
 * @param text Such as "0.05" or "1,5"; a comma counts as the decimal point.
 * @returns Wei, or null where it is no amount of at most 18 decimals.
 */
export function parseDatacoin(text: string): bigint | null {
  const match = /^\s*(\d{1,12})?(?:[.,](\d{1,18}))?\s*$/.exec(text);
  if (match === null || (match[1] === undefined && match[2] === undefined)) return null;
  return BigInt(match[1] ?? '0') * unit + BigInt((match[2] ?? '').padEnd(18, '0'));
}
