import type { ShownEvent } from './messages.ts';

/** Names of the fields of readable events, in the order in which they first appear; at most `most`. */
export function fieldNames(events: readonly ShownEvent[], most = 8): string[] {
  const names = new Set<string>();
  for (const { fields } of events) {
    for (const name of Object.keys(fields ?? {})) {
      names.add(name);
      if (names.size === most) return [...names];
    }
  }
  return [...names];
}

/** Fields that hold numbers and do not only count the time, for the chart. */
export function numericFields(events: readonly ShownEvent[]): string[] {
  const names = new Set<string>();
  for (const { fields } of events) {
    for (const [name, value] of Object.entries(fields ?? {})) {
      if (typeof value === 'number' && Number.isFinite(value) && !/^(?:time|timestamp|ts|date)$/i.test(name)) {
        names.add(name);
      }
    }
  }
  return [...names];
}

/**
 * A field over time.
 *
 * @param events Newest first.
 * @returns Unix seconds, ascending, and values.
 */
export function series(events: readonly ShownEvent[], name: string): [number[], number[]] {
  const times: number[] = [];
  const values: number[] = [];
  for (const { timestamp, fields } of events.toReversed()) {
    const value = fields?.[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) continue;
    times.push(timestamp / 1000);
    values.push(value);
  }
  return [times, values];
}
