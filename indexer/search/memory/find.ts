import { uncross, type BoundingBox } from '#sdk/protocol/geography';
import { boxAround, distanceTo } from '../circle.ts';
import { cellFilterOf, type Found } from '../found.ts';
import { cellTest } from '../postgres/cells.ts';
import type { SearchQuery } from '../search-engine.ts';
import { createPage, type SortKey } from './page.ts';
import { productsOfAll, ranksOfTerms, type ReadTerm } from './match.ts';
import { listFacets, type ListFacet, type ProductTable } from './product-table.ts';

/** Values of a facet that are shown at most. */
const valuesShown = 30;
/** Part of a match's rank that the quality of a product can add. */
const qualityShare = 0.35;

/**
 * Finds products in the table, sorts and counts them.
 *
 * @param terms What the words of the query mean; null for a query without words.
 * @param required Those that products must have.
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export function findInTable(
  table: ProductTable,
  query: SearchQuery,
  terms: readonly ReadTerm[] | null,
  required: readonly ReadTerm[]
): Found {
  const ranks = terms === null || query.sort !== 'relevance' ? null : ranksOfTerms(table, terms);
  const candidates =
    terms === null
      ? null
      : productsOfAll(
          table,
          required.map(({ found }) => found)
        );
  const page = createPage(table.ids, query, sortKeys(table, query, ranks));
  const meets = conditionOf(table, query);
  const cellMeets = table.cells.map(cellTest(cellFilterOf(query)));
  // one bit for each facet of several values that narrows: which of them a product misses
  const wanted = listFacets.flatMap((facet, place) => {
    const value = query[facet];
    return value === undefined ? [] : [{ bit: 1 << place, value: table.valueNumber(facet, value) ?? -1 }];
  });
  const counts = new Uint32Array(table.cells.length * 8);
  // of every value, counted by which facets its product misses
  const perValue = Array.from({ length: 8 }, () => new Uint32Array(0));
  const list = table.list();
  const starts = table.listStarts();
  const { values: there } = table.there;
  const { values: cellOf } = table.cell;
  const most = candidates?.length ?? table.ids.length;
  for (let number = 0; number < most; number += 1) {
    const product = candidates === null ? number : (candidates[number] ?? 0);
    if (there[product] === 0 || (meets !== null && !meets(product))) continue;
    const start = starts[product] ?? 0;
    const end = starts[product + 1] ?? 0;
    let miss = 0;
    for (const { bit, value } of wanted) {
      let has = false;
      for (let at = start; at < end && !has; at += 1) has = list[at] === value;
      if (!has) miss |= bit;
    }
    const cell = cellOf[product] ?? 0;
    const counted = cell * 8 + miss;
    counts[counted] = (counts[counted] ?? 0) + 1;
    if (cellMeets[cell] !== true) continue;
    if (miss === 0) page.offer(product);
    let into = perValue[miss] ?? new Uint32Array(0);
    if (into.length === 0) perValue[miss] = into = new Uint32Array(table.values.length);
    for (let at = start; at < end; at += 1) {
      const value = list[at] ?? 0;
      into[value] = (into[value] ?? 0) + 1;
    }
  }
  const found: [number, number, number][] = [];
  counts.forEach((count, place) => {
    if (count > 0) found.push([table.cells[place >> 3] ?? 0, place & 7, count]);
  });
  return {
    counts: found.length === 0 ? null : found,
    page: page.places(),
    ...listCounts(table, perValue)
  };
}

/** Values of each facet of several values, and products of each, without that facet's own filter; the most first. */
function listCounts(table: ProductTable, perValue: readonly Uint32Array[]): Record<ListFacet, [string, number][]> {
  const found: Record<ListFacet, [string, number][]> = { tag: [], region: [], language: [] };
  table.values.forEach(({ facet, value }, number) => {
    const bit = 1 << listFacets.indexOf(facet);
    const count = (perValue[0]?.[number] ?? 0) + (perValue[bit]?.[number] ?? 0);
    if (count > 0) found[facet].push([value, count]);
  });
  for (const facet of listFacets) {
    found[facet] = found[facet]
      .sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1))
      .slice(0, valuesShown);
  }
  return found;
}

/** What narrows a search and is no facet; null where nothing does. */
function conditionOf(table: ProductTable, query: SearchQuery): ((product: number) => boolean) | null {
  const { near, within, bbox } = query;
  const conditions: ((product: number) => boolean)[] = [];
  if (query.minPrice !== undefined) {
    const least = BigInt(query.minPrice);
    conditions.push((product) => (table.prices[product] ?? 0n) >= least);
  }
  if (query.maxPrice !== undefined) {
    const most = BigInt(query.maxPrice);
    conditions.push((product) => (table.prices[product] ?? 0n) <= most);
  }
  const { values } = table.areas;
  const starts = table.areaStarts();
  const someArea = (product: number, boxes: readonly BoundingBox[], holds: (area: BoundingBox) => boolean) => {
    const end = starts[product + 1] ?? 0;
    for (let at = starts[product] ?? 0; at < end; at += 4) {
      const west = values[at] ?? 0;
      const south = values[at + 1] ?? 0;
      const east = values[at + 2] ?? 0;
      const north = values[at + 3] ?? 0;
      for (const box of boxes) {
        if (west > box[2] || east < box[0] || south > box[3] || north < box[1]) continue;
        if (holds([west, south, east, north])) return true;
      }
    }
    return false;
  };
  if (near !== undefined) {
    const boxes = uncross(boxAround(near, within));
    conditions.push((product) => someArea(product, boxes, (area) => distanceTo(near, area) <= within));
  }
  if (bbox !== undefined) {
    const boxes = uncross(bbox);
    conditions.push((product) => someArea(product, boxes, () => true));
  }
  const [only] = conditions;
  return conditions.length > 1 ? (product) => conditions.every((holds) => holds(product)) : (only ?? null);
}

function sortKeys(table: ProductTable, { sort }: SearchQuery, ranks: Float32Array | null): SortKey[] {
  const key = ({ values }: { values: Float64Array | Uint16Array }): SortKey => ({
    of: (product) => values[product] ?? 0
  });
  const { purchases, created, busy, prices, karmas } = table;
  const { values: price } = table.price;
  const { values: karma } = table.karma;
  const { values: quality } = table.quality;
  switch (sort) {
    case 'newest':
      return [key(created)];
    case 'cheapest':
      return [
        { of: (product) => -(price[product] ?? 0), whole: (product) => -(prices[product] ?? 0n) },
        key(purchases)
      ];
    case 'popular':
      return [key(purchases), key(created)];
    case 'karma':
      return [{ of: (product) => karma[product] ?? 0, whole: (product) => karmas[product] ?? 0n }, key(purchases)];
    case 'busiest':
      return [key(busy), key(purchases)];
    case 'relevance':
      if (ranks === null) return [key(table.quality), key(purchases), key(created)];
      return [
        {
          of: (product) =>
            Math.round(1e6 * (1 + (qualityShare * (quality[product] ?? 0)) / 1000) * (0.02 + (ranks[product] ?? 0)))
        },
        key(created)
      ];
  }
}
