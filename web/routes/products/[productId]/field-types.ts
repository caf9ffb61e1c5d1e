import type { ProductDocument } from '#sdk/protocol/product-document';
import { m } from '../../../lib/generated/messages/messages.js';
import { formatNumber } from '../../../lib/ui/format.ts';

type DescribedStream = ProductDocument['streams'][number];

/** What the values of a field are. */
export type FieldKind = 'number' | 'text' | 'boolean' | 'list' | 'object' | 'mixed';

/** A field of a stream's events, as far as description and sample tell. */
export interface FieldRow {
  readonly name: string;
  readonly description: string;
  readonly unit: string | undefined;
  /** What its values in the sample are; null where the sample has none. */
  readonly type: FieldKind | null;
  /** Such as "0.2 to 14.8" or "red, green"; empty where the sample says nothing. */
  readonly seen: string;
}

const kindOf = (value: unknown): FieldRow['type'] => {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return 'text';
  return Array.isArray(value) ? 'list' : 'object';
};

/** Different words that are named at most, and characters of one. */
const mostWords = 3;
const longestWord = 24;

function seenIn(values: readonly unknown[], type: FieldRow['type']): string {
  if (type === 'number') {
    const numbers = values.filter((value) => typeof value === 'number');
    const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
    const shown = (value: number) => formatNumber(value, { useGrouping: false, maximumSignificantDigits: 15 });
    return least === most ? shown(least) : m.product_seen_range({ least: shown(least), most: shown(most) });
  }
  if (type !== 'text') return '';
  const words = [...new Set(values.filter((value) => typeof value === 'string'))];
  const shown = words
    .slice(0, mostWords)
    .map((word) => (word.length > longestWord ? `${word.slice(0, longestWord)}…` : word));
  return shown.join(', ') + (words.length > mostWords ? ', …' : '');
}

/** The fields of a stream: those that its seller describes first, then those that only the sample shows. */
export function fieldRows({ fields, sample }: Pick<DescribedStream, 'fields' | 'sample'>): FieldRow[] {
  const known = new Map(fields.map((field) => [field.name, field]));
  const names = [...new Set([...known.keys(), ...sample.flatMap((event) => Object.keys(event))])];
  return names.map((name) => {
    const values = sample.map((event) => event[name]).filter((value) => value !== null && value !== undefined);
    const kinds = new Set(values.map(kindOf));
    const [first = null] = kinds;
    const type = kinds.size > 1 ? 'mixed' : first;
    const field = known.get(name);
    return { name, description: field?.description ?? '', unit: field?.unit, type, seen: seenIn(values, type) };
  });
}
