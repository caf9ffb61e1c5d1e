import type { ProductDocument } from '#sdk/protocol/product-document';

type DescribedStream = Pick<ProductDocument['streams'][number], 'fields' | 'sample'>;

/** A field of numbers in a sample, as a line through its events in their order. */
export interface SampleChart {
  readonly name: string;
  readonly unit: string | undefined;
  readonly first: number;
  readonly last: number;
  readonly least: number;
  readonly most: number;
  /** From 0 to 1 across (the first event to the last) and up (the least value to the most). */
  readonly points: readonly { readonly across: number; readonly up: number }[];
}

/** Fewer values than this make no course. */
const fewest = 3;
/** Charts that are shown of one stream. */
const mostCharts = 4;

/**
 * The fields of a sample that can be drawn, in the order in which the seller describes them: numbers that change.
 * Latitude and longitude are for a map.
 */
export function sampleCharts({ fields, sample }: DescribedStream): SampleChart[] {
  const units = new Map(fields.map(({ name, unit }) => [name, unit]));
  const names = [...new Set([...units.keys(), ...sample.flatMap((event) => Object.keys(event))])];
  return names.flatMap((name) => chartOf(name, units.get(name), sample) ?? []).slice(0, mostCharts);
}

function chartOf(name: string, unit: string | undefined, sample: DescribedStream['sample']): SampleChart | null {
  if (/^(?:.*[_-])?(?:lat|latitude|lon|lng|long|longitude)$/i.test(name)) return null;
  const values = sample.flatMap((event, index) => {
    const value = event[name];
    return typeof value === 'number' && Number.isFinite(value) ? [{ index, value }] : [];
  });
  const numbers = values.map(({ value }) => value);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const first = numbers[0];
  const last = numbers.at(-1);
  if (values.length < fewest || first === undefined || last === undefined || least === most) return null;
  return {
    ...{ name, unit, first, last, least, most },
    points: values.map(({ index, value }) => ({
      across: index / (sample.length - 1),
      // divided first: the distance between two numbers may be larger than any number
      up: value / 2 / (most / 2 - least / 2) - least / 2 / (most / 2 - least / 2)
    }))
  };
}
