import { numericFields } from './fields.ts';
import type { ShownEvent } from './messages.ts';

/** How events can be drawn. */
export type ViewKind = 'line' | 'bars' | 'map' | 'pictures' | 'log';

/** A way to draw the events of a stream. */
export interface EventView {
  readonly kind: ViewKind;
  /** What of them: a field; null where it is the whole event. */
  readonly field: string | null;
}

/** What the seller says of a field. */
export interface DescribedField {
  readonly name: string;
  readonly description: string;
  readonly unit?: string | undefined;
}

/** Newest events that are looked at. */
const looked = 300;
/** Values that a field of categories has at most, and the part of the events that are all different in one that has none. */
const mostCategories = 40;
const allDifferent = 0.7;

/** Fields of latitude and longitude; null where the events have none. */
export function placeFields(events: readonly ShownEvent[]): { latitude: string; longitude: string } | null {
  const numbers = numericFields(events);
  const latitude = numbers.find((name) => /^(?:.*[_-])?lat(?:itude)?$/i.test(name));
  const longitude = numbers.find((name) => /^(?:.*[_-])?(?:lon|lng|long|longitude)$/i.test(name));
  return latitude === undefined || longitude === undefined ? null : { latitude, longitude };
}

/** Fields whose texts or truths come again and again. */
export function categoryFields(events: readonly ShownEvent[]): string[] {
  const values = new Map<string, { readonly distinct: Set<unknown>; count: number }>();
  for (const { fields } of events.slice(0, looked)) {
    for (const [name, value] of Object.entries(fields ?? {})) {
      if ((typeof value !== 'string' && typeof value !== 'boolean') || String(value).length > 60) continue;
      const known = values.get(name) ?? { distinct: new Set(), count: 0 };
      known.distinct.add(value);
      known.count += 1;
      values.set(name, known);
    }
  }
  return [...values]
    .filter(
      ([, { distinct, count }]) =>
        distinct.size <= mostCategories && (count < 5 || distinct.size <= Math.max(2, count * allDifferent))
    )
    .map(([name]) => name);
}

/**
 * The ways in which events can be drawn, the most telling first: pictures and places where there are any; then the
 * fields in the order in which the seller described them, numbers as a line and categories as bars; lines of text.
 */
export function viewsOf(events: readonly ShownEvent[], described: readonly DescribedField[]): EventView[] {
  const newest = events.slice(0, looked);
  const places = placeFields(newest);
  const numbers = numericFields(newest).filter((name) => name !== places?.latitude && name !== places?.longitude);
  const categories = categoryFields(newest);
  const order = [...new Set([...described.map(({ name }) => name), ...numbers, ...categories])];
  const views: EventView[] = [];
  if (newest.some(({ picture }) => picture !== null)) views.push({ kind: 'pictures', field: null });
  const still = new Set(numbers.filter((name) => new Set(newest.map(({ fields }) => fields?.[name])).size < 2));
  const lines = order
    .filter((name) => numbers.includes(name))
    // What never changes tells the least.
    .toSorted((one, other) => Number(still.has(one)) - Number(still.has(other)))
    .map((field): EventView => ({ kind: 'line', field }));
  const bars = order.filter((name) => categories.includes(name)).map((field): EventView => ({ kind: 'bars', field }));
  const map: EventView[] = places === null ? [] : [{ kind: 'map', field: null }];
  // A place of many numbers, such as an epicentre, is what one wants to see; that of one number is a detail of it.
  views.push(...map, ...lines, ...bars);
  const texts = newest.filter(({ fields, text, picture }) => fields === null && text !== null && picture === null);
  if (texts.length > 0) views.push({ kind: 'log', field: null });
  return views;
}

/** Names a view, such as for the address of a choice. */
export const viewName = ({ kind, field }: EventView) => (field === null ? kind : `${kind}:${field}`);

/** How often each value of a field comes, the most frequent first. */
export function countValues(events: readonly ShownEvent[], field: string): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const { fields } of events) {
    const value = fields?.[field];
    if (value === undefined || value === null) continue;
    counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((one, other) => other.count - one.count || one.value.localeCompare(other.value));
}
