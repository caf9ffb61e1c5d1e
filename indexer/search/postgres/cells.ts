import { sql, type SQL } from 'drizzle-orm';
import { priceBands, updateRates, type Facet } from '#sdk/protocol/discovery';
import { categories } from '#sdk/protocol/product-document';
import { settlementSchema } from '#sdk/protocol/settlement';

/**
 * Facets of one value per product, packed into one integer, its cell: counting products by cell counts every such facet
 * at once, and a thousand cells say what a hundred thousand products are.
 */
const facetValues = {
  listed: ['true'],
  category: categories,
  free: ['true'],
  price: priceBands,
  settlement: settlementSchema.options,
  verified: ['true'],
  live: ['true'],
  rate: updateRates
} as const satisfies Record<string, readonly string[]>;

export type CellFacet = keyof typeof facetValues;

interface Part {
  readonly facet: CellFacet;
  readonly values: readonly string[];
  readonly shift: number;
  readonly mask: number;
}

const parts: readonly Part[] = (() => {
  let shift = 0;
  return Object.entries(facetValues).map(([facet, values]) => {
    const bits = Math.ceil(Math.log2(values.length + 1));
    const part = { facet: facet as CellFacet, values, shift, mask: (1 << bits) - 1 };
    shift += bits;
    return part;
  });
})();

/** Facets that are true or false. */
const booleans: ReadonlySet<CellFacet> = new Set<CellFacet>(['listed', 'free', 'verified', 'live']);

/** Expressions for each facet's value, null where there is none -> expression for the cell. */
export function cellOf(values: Record<CellFacet, SQL>): SQL {
  const codes = parts.map(
    (part) =>
      sql`(coalesce(array_position(array[${sql.join(
        part.values.map((value) => sql`${value}::text`),
        sql`, `
      )}], ${values[part.facet]}), 0) << ${sql.raw(String(part.shift))})`
  );
  return sql`(${sql.join(codes, sql` | `)})`;
}

/** A cell -> the value of each facet; null where there is none. */
export function valuesOfCell(cell: number): Record<CellFacet, string | null> {
  return Object.fromEntries(parts.map((part) => [part.facet, valueOf(part, codeOf(part, cell))])) as Record<
    CellFacet,
    string | null
  >;
}

/** What each facet has to be; a facet that is absent may be anything. */
export type CellFilter = Partial<Record<CellFacet, string>>;

function codeOf(part: Part, cell: number): number {
  return (cell >>> part.shift) & part.mask;
}

/** The value of a facet by its code; null where there is none. */
function valueOf(part: Part, code: number): string | null {
  if (booleans.has(part.facet)) return code === 1 ? 'true' : 'false';
  return part.values[code - 1] ?? null;
}

/** The filter, by the bits of a cell: which have to be what. */
function bitsOf(filter: CellFilter): { readonly mask: number; readonly wanted: number } {
  let mask = 0;
  let wanted = 0;
  for (const part of parts) {
    const value = filter[part.facet];
    if (value === undefined) continue;
    mask |= part.mask << part.shift;
    // "false" is no value of its own: it has the code of what is not there
    wanted |= (part.values.indexOf(value) + 1) << part.shift;
  }
  return { mask, wanted };
}

/** Whether cells meet a filter. */
export function cellTest(filter: CellFilter): (cell: number) => boolean {
  const { mask, wanted } = bitsOf(filter);
  return (cell) => (cell & mask) === wanted;
}

/** Filter -> condition on a column of cells; null where every cell meets it. */
export function cellCondition(column: SQL, filter: CellFilter): SQL | null {
  const { mask, wanted } = bitsOf(filter);
  return mask === 0 ? null : sql`(${column} & ${sql.raw(String(mask))}) = ${sql.raw(String(wanted))}`;
}

/** Products per cell -> products per value of a facet, without that facet's own filter; the most first. */
export function countFacet(
  facet: CellFacet,
  counts: readonly { readonly cell: number; readonly count: number }[],
  filter: CellFilter
): Facet[] {
  const part = parts.find((candidate) => candidate.facet === facet);
  if (part === undefined) return [];
  const { [facet]: _own, ...others } = filter;
  const meets = cellTest(others);
  const codes = new Map<number, number>();
  for (const { cell, count } of counts) {
    if (!meets(cell)) continue;
    const code = codeOf(part, cell);
    codes.set(code, (codes.get(code) ?? 0) + count);
  }
  const found = [...codes].flatMap(([code, count]): [string, number][] => {
    const value = valueOf(part, code);
    return value === null ? [] : [[value, count]];
  });
  return found
    .map(([value, count]) => ({ value, count }))
    .sort((one, other) => other.count - one.count || (one.value < other.value ? -1 : 1));
}
