import { m } from '../generated/messages/messages.js';

export type Row = Record<string, unknown>;
export type ParsedSample = { readonly ok: true; readonly rows: Row[] } | { readonly ok: false; readonly fault: string };

/** As many as a product document holds. */
const most = 20;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Sample events as a seller pastes them.
 *
 * @param text A JSON array of objects, a single object, or one object per line.
 */
export function parseSample(text: string): ParsedSample {
  if (text.trim() === '') return { ok: true, rows: [] };
  let values: unknown[];
  try {
    const whole: unknown = JSON.parse(text);
    values = Array.isArray(whole) ? whole : [whole];
  } catch {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    values = [];
    for (const [index, line] of lines.entries()) {
      try {
        values.push(JSON.parse(line));
      } catch {
        return {
          ok: false,
          fault: m.sell_fault_sample_line({ line: index + 1 })
        };
      }
    }
  }
  if (!values.every(isRow)) return { ok: false, fault: m.sell_fault_sample_object({ example: '{"field": value}' }) };
  if (values.length > most) return { ok: false, fault: m.sell_fault_sample_many({ most }) };
  return { ok: true, rows: values };
}

/** Names of the fields in the order in which they appear. */
export function fieldsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 64);
}
