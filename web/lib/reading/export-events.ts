import type { SavedFile } from '../ui/save-file.ts';
import { fieldNames } from './fields.ts';
import type { ShownEvent } from './messages.ts';

/** More fields than any table of the page shows. */
const everyField = 1_000;

const readable = (events: readonly ShownEvent[]) =>
  events.filter(({ locked }) => locked === undefined).toSorted((one, other) => one.timestamp - other.timestamp);

/**
 * Spreadsheets take a text that begins so for a formula and run it; an apostrophe has them show it. Numbers are left as
 * they are.
 */
const asText = (text: string) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

function cell(value: string | number | boolean | null | undefined): string {
  const text = typeof value === 'string' ? asText(value) : value === null || value === undefined ? '' : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** "Water level" and "csv" make "water-level.csv". */
const fileName = (name: string, extension: string) =>
  `${
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'events'
  }.${extension}`;

/**
 * Events as comma-separated values (RFC 4180), oldest first: time (RFC 3339), partition, offset, publisher, whether its
 * signature was verified, and a column per field. What is locked is left out.
 *
 * @param name What the file is called after.
 */
export function eventsAsCsv(name: string, events: readonly ShownEvent[]): SavedFile {
  const told = readable(events);
  const names = fieldNames(told, everyField);
  const texts = told.some(({ fields }) => fields === null);
  const head = ['time', 'partition', 'offset', 'publisher', 'verified', ...names, ...(texts ? ['content'] : [])];
  const rows = told.map((event) => [
    new Date(event.timestamp).toISOString(),
    event.partition,
    event.offset,
    event.origin,
    event.verified,
    ...names.map((name) => event.fields?.[name]),
    ...(texts ? [event.text] : [])
  ]);
  const text = [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
  return { name: fileName(name, 'csv'), text, mediaType: 'text/csv;charset=utf-8' };
}

/** The same as a JSON object per line. */
export function eventsAsLines(name: string, events: readonly ShownEvent[]): SavedFile {
  const lines = readable(events).map(({ timestamp, partition, offset, origin, verified, fields, text }) =>
    JSON.stringify({
      time: new Date(timestamp).toISOString(),
      partition,
      offset,
      publisher: origin,
      verified,
      ...(fields === null ? { content: text } : { json: fields })
    })
  );
  const text = lines.map((line) => `${line}\n`).join('');
  return { name: fileName(name, 'ndjson'), text, mediaType: 'application/x-ndjson' };
}
