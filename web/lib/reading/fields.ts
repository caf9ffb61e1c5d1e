import type { ShownEvent } from './messages.ts';

/** Newest events by which fields are told: enough to know them, and soon looked through. */
const looked = 500;

/** Names of the fields of readable events, in the order in which they first appear; at most `most`. */
export function fieldNames(events: readonly ShownEvent[], most = 8): string[] {
  const names = new Set<string>();
  for (const { fields } of events.slice(0, looked)) {
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
  for (const { fields } of events.slice(0, looked)) {
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
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    const value = event?.fields?.[name];
    if (event === undefined || typeof value !== 'number' || !Number.isFinite(value)) continue;
    times.push(event.timestamp / 1000);
    values.push(value);
  }
  return [times, values];
}
