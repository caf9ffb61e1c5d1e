import { flat, type ExportRow } from './export-rows.ts';

/**
 * Spreadsheets take a text that begins so for a formula and run it; an apostrophe has them show it. Numbers are left as
 * they are.
 */
const asText = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cell(given: unknown): string {
  const value = flat(given);
  const text = typeof value === 'string' ? asText(value) : value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
/** A line of comma-separated values (RFC 4180), with texts that a spreadsheet would run made harmless. */
export const csvLine = (cells: readonly unknown[]) => `${cells.map(cell).join(',')}\r\n`;

/** First line of comma-separated values (RFC 4180): a column per field, and one for content without fields. */
export function csvHead(names: readonly string[]): string {
  return csvLine(['time', 'partition', 'offset', 'publisher', 'verified', ...names, 'content']);
}

/**
 * Rows as comma-separated values: time (RFC 3339), partition, offset, publisher, whether its signature was verified, and
 * the fields. The last column has content that is no object, and as JSON the fields that have no column.
 */
export function csvLines(rows: readonly ExportRow[], names: readonly string[]): string {
  const known = new Set(names);
  return rows
    .map(({ timestamp, partition, offset, origin, verified, fields, text }) => {
      const rest = Object.entries(fields ?? {}).filter(([name]) => !known.has(name));
      return csvLine([
        new Date(timestamp).toISOString(),
        partition,
        offset,
        origin,
        verified,
        ...names.map((name) => fields?.[name]),
        text ?? (rest.length === 0 ? undefined : flat(Object.fromEntries(rest)))
      ]);
    })
    .join('');
}

/** Rows as a JSON object per line. */
export function ndjsonLines(rows: readonly ExportRow[]): string {
  return rows
    .map(({ timestamp, partition, offset, origin, verified, fields, text }) => {
      const head = { time: new Date(timestamp).toISOString(), partition, offset, publisher: origin, verified };
      const whole = fields === null ? { ...head, content: text } : { ...head, json: fields };
      return `${JSON.stringify(whole, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`;
    })
    .join('');
}
