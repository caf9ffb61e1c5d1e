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
          fault: `Line ${String(index + 1)} is no JSON. Write an array of objects, or one object per line.`
        };
      }
    }
  }
  if (!values.every(isRow)) return { ok: false, fault: 'Every sample event must be a JSON object: {"field": value}.' };
  if (values.length > most) return { ok: false, fault: `Give at most ${String(most)} sample events.` };
  return { ok: true, rows: values };
}

/** Names of the fields in the order in which they appear. */
export function fieldsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 64);
}
