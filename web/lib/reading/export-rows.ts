import type { FieldValue, ShownEvent } from './messages.ts';

/** An event as it is saved: readable, with all of its content. */
export interface ExportRow extends Pick<ShownEvent, 'partition' | 'offset' | 'timestamp' | 'origin' | 'verified'> {
  /** Fields of an object; null where the content is something else. */
  readonly fields: Readonly<Record<string, unknown>> | null;
  /** The content as text where it has no fields. */
  readonly text: string | null;
}

/** Readable ones of the events that a page shows, oldest first. */
export function rowsOf(events: readonly ShownEvent[]): ExportRow[] {
  return events
    .filter(({ locked }) => locked === undefined)
    .toSorted((one, other) => one.timestamp - other.timestamp || one.offset - other.offset);
}

/** A value as a cell of a table holds it; what is nested as JSON. */
export function flat(value: unknown): FieldValue | undefined {
  if (value === undefined || value === null) return value;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return String(value);
  return JSON.stringify(value, (_, nested: unknown) => (typeof nested === 'bigint' ? String(nested) : nested));
}

/** Fields that are named first, and then all others of the rows in the order in which they appear. */
export function columnNames(rows: readonly ExportRow[], first: readonly string[], most = 1_000): string[] {
  const present = new Set(rows.flatMap(({ fields }) => Object.keys(fields ?? {})));
  return [...new Set([...first.filter((name) => present.has(name)), ...present])].slice(0, most);
}

/** "Water level" and "csv" make "water-level.csv". */
export const fileName = (name: string, extension: string) =>
  `${
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60) || 'events'
  }.${extension}`;
