import type { Hex } from '#sdk/protocol/primitives';
import type { BoundingBox } from '#sdk/protocol/geography';
import { createColumn } from './columns.ts';
import { createPostings } from './postings.ts';
import { ranksOf } from './lexemes.ts';

/** Facets of several values per product. */
export const listFacets = ['tag', 'region', 'language'] as const;
export type ListFacet = (typeof listFacets)[number];

/** A row of search, as the table hands it over. */
export interface ProductRow {
  readonly id: Hex;
  /** See search/postgres/cells.ts. */
  readonly cell: number;
  /** Decimal digits of whole numbers. */
  readonly price: string;
  readonly karma: string;
  readonly purchases: number;
  readonly created: number;
  readonly busy: number;
  readonly quality: number;
  readonly tag: readonly string[];
  readonly region: readonly string[];
  readonly language: readonly string[];
  readonly areas: readonly BoundingBox[];
  /** Of what texts and places were made; null where there is none. */
  readonly content: string | null;
  /** Lexemes with blanks between them. */
  readonly lexemes: string;
  /** Vector of those of name, labels and summary, as text. */
  readonly labels: string;
}

/** Products in memory: columns of numbers, lists of values, and which of them have which lexemes. */
export type ProductTable = ReturnType<typeof createProductTable>;

/**
 * Makes an empty table. A product keeps its place while its document stays; another document gives it another place, and
 * the old one is left empty.
 */
export function createProductTable() {
  const ids: Hex[] = [];
  const contents: (string | null)[] = [];
  const prices: bigint[] = [];
  const karmas: bigint[] = [];
  const places = new Map<Hex, number>();
  const there = createColumn((length) => new Uint8Array(length));
  const cell = createColumn((length) => new Uint32Array(length));
  const price = createColumn((length) => new Float64Array(length));
  const karma = createColumn((length) => new Float64Array(length));
  const purchases = createColumn((length) => new Float64Array(length));
  const created = createColumn((length) => new Float64Array(length));
  const busy = createColumn((length) => new Float64Array(length));
  const quality = createColumn((length) => new Uint16Array(length));
  /** Where the values and areas of each product begin; they end where those of the next one do. */
  const listStart = createColumn((length) => new Uint32Array(length));
  listStart.push(0);
  const list = createColumn((length) => new Uint32Array(length));
  const areaStart = createColumn((length) => new Uint32Array(length));
  areaStart.push(0);
  const areas = createColumn((length) => new Float64Array(length));
  /** Cells and values by number. */
  const cells: number[] = [];
  const cellNumbers = new Map<number, number>();
  const values: { readonly facet: ListFacet; readonly value: string }[] = [];
  const valueNumbers = new Map<string, number>();
  const postings = createPostings();
  let gone = 0;

  function numberOfCell(value: number): number {
    let number = cellNumbers.get(value);
    if (number === undefined) {
      number = cells.push(value) - 1;
      cellNumbers.set(value, number);
    }
    return number;
  }

  function numberOfValue(facet: ListFacet, value: string): number {
    const key = `${facet} ${value}`;
    let number = valueNumbers.get(key);
    if (number === undefined) {
      number = values.push({ facet, value }) - 1;
      valueNumbers.set(key, number);
    }
    return number;
  }

  function remove(id: Hex): void {
    const place = places.get(id);
    if (place === undefined) return;
    places.delete(id);
    there.values[place] = 0;
    gone += 1;
  }

  function append(row: ProductRow): void {
    const place = ids.push(row.id) - 1;
    places.set(row.id, place);
    contents.push(row.content);
    prices.push(BigInt(row.price));
    karmas.push(BigInt(row.karma));
    there.push(1);
    cell.push(numberOfCell(row.cell));
    price.push(Number(row.price));
    karma.push(Number(row.karma));
    purchases.push(row.purchases);
    created.push(row.created);
    busy.push(row.busy);
    quality.push(row.quality);
    for (const facet of listFacets) {
      for (const value of row[facet]) list.push(numberOfValue(facet, value));
    }
    listStart.push(list.length);
    for (const box of row.areas) for (const degrees of box) areas.push(degrees);
    areaStart.push(areas.length);
    const ranks = ranksOf(row.labels);
    if (row.lexemes === '') return;
    for (const lexeme of row.lexemes.split(' ')) postings.add(lexeme, place, ranks.get(lexeme) ?? 0);
  }

  return {
    ...{ ids, prices, karmas, postings, cells, values },
    ...{ there, cell, price, karma, purchases, created, busy, quality },
    /** Products that are there. */
    count: () => places.size,
    /** Places that are left empty. */
    gone: () => gone,
    remove,
    /** Adds a product, or puts it in the place of what was known of it. */
    put(row: ProductRow): void {
      const place = places.get(row.id);
      if (place === undefined || row.content !== contents[place]) {
        remove(row.id);
        append(row);
        return;
      }
      prices[place] = BigInt(row.price);
      karmas[place] = BigInt(row.karma);
      cell.values[place] = numberOfCell(row.cell);
      price.values[place] = Number(row.price);
      karma.values[place] = Number(row.karma);
      purchases.values[place] = row.purchases;
      created.values[place] = row.created;
      busy.values[place] = row.busy;
      quality.values[place] = row.quality;
    },
    /** Number of a value; undefined where no product has it. */
    valueNumber: (facet: ListFacet, value: string) => valueNumbers.get(`${facet} ${value}`),
    /** Numbers of the values of products: those of one lie between its start and the next one's. */
    list: () => list.values,
    listStarts: () => listStart.values,
    /** Boxes that a product covers, four numbers each: west, south, east, north. */
    areas,
    areaStarts: () => areaStart.values,
    /** Bytes that it takes, about. */
    bytes: () =>
      postings.bytes() +
      [there, cell, price, karma, purchases, created, busy, quality, listStart, list, areaStart, areas].reduce(
        (sum, column) => sum + column.bytes(),
        0
      ) +
      // two texts and two large numbers each, and the map of places
      ids.length * 350
  };
}
