import type { ProductFacets } from '#sdk/protocol/discovery';
import { uncross, type BoundingBox } from '#sdk/protocol/geography';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { CursorInvalidError, decodeCursor, type Place } from '../cursor.ts';
import type { Term } from '../postgres/text-query.ts';
import type { SearchQuery } from '../search-engine.ts';
import type { MeilisearchQuery } from './client.ts';
import { areaNames, areasKept, partsOf } from './documents.ts';
import { deepest, facets } from './settings.ts';

/** A search -> queries of Meilisearch. */

type Facet = keyof ProductFacets;
const allFacets: readonly Facet[] = [...facets.single, ...facets.several];
const integersMost = BigInt(Number.MAX_SAFE_INTEGER);

/** Attributes of a hit from which the place after it is made. */
const placeAttributes = ['id', 'wei', 'karma', 'purchases', 'created', 'busy', 'quality'] as const;
export type PlaceAttribute = Exclude<(typeof placeAttributes)[number], 'id'>;

/** Keys by which a list is sorted, all descending, as Postgres sorts it; `-` before one that is sorted the other way. */
export function sortKeys(sort: SearchQuery['sort']): readonly (PlaceAttribute | '-wei')[] {
  switch (sort) {
    case 'newest':
      return ['created'];
    case 'cheapest':
      return ['-wei', 'purchases'];
    case 'popular':
      return ['purchases', 'created'];
    case 'karma':
      return ['karma', 'purchases'];
    case 'busiest':
      return ['busy', 'purchases'];
    case 'relevance':
      return ['quality', 'purchases', 'created'];
  }
}

/** Whether a search is ranked by its words: then only the place in the list says where a page begins. */
export function isRanked({ q, sort }: Pick<SearchQuery, 'q' | 'sort'>): boolean {
  return q !== '' && sort === 'relevance';
}

export interface MeilisearchRequest {
  readonly queries: readonly MeilisearchQuery[];
  /** Which of the queries counts a facet; that of `listed` counts all that was found. */
  readonly counts: Readonly<Record<Facet | 'listed', number>>;
  /** Hits before the page, where words rank them. */
  readonly offset: number;
}

/**
 * Translates a search.
 *
 * @param required Words that products must have; null for a search without words.
 * @param near Condition for `near`, see engine.ts.
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export function toRequest(
  index: string,
  query: SearchQuery,
  required: readonly Term[] | null,
  near: string | null
): MeilisearchRequest {
  const ranked = isRanked(query);
  const words = required === null ? {} : { q: textOf(required), matchingStrategy: 'all' as const };
  const hard = [...conditionsOf(query), ...(near === null ? [] : [near])];
  const narrowed = new Map<Facet, string>(
    allFacets.flatMap((facet) => {
      const value = query[facet];
      return value === undefined ? [] : [[facet, equals(facet, value)]];
    })
  );
  const without = (own?: Facet) => [...hard, ...[...narrowed].flatMap(([facet, is]) => (facet === own ? [] : [is]))];
  const keys = sortKeys(query.sort);
  const offset = ranked && query.cursor !== undefined ? offsetOf(query.cursor) : 0;
  const after = ranked || query.cursor === undefined ? null : afterPlace(decodeCursor(query.cursor, keys.length), keys);
  const counting = { ...words, indexUid: index, limit: 0, attributesToRetrieve: ['id'] };
  const queries: MeilisearchQuery[] = [
    {
      ...words,
      indexUid: index,
      filter: [...without(), ...(after === null ? [] : [after])],
      limit: query.limit + 1,
      attributesToRetrieve: ranked ? ['id'] : placeAttributes,
      ...(ranked ? { offset } : { sort: orderOf(keys) })
    },
    { ...counting, filter: without(), facets: ['listed', ...allFacets.filter((facet) => !narrowed.has(facet))] }
  ];
  const counts = Object.fromEntries(['listed', ...allFacets].map((facet) => [facet, 1])) as Record<
    Facet | 'listed',
    number
  >;
  // a facet is counted as if it narrowed nothing itself
  for (const facet of narrowed.keys()) {
    counts[facet] = queries.length;
    queries.push({ ...counting, filter: without(facet), facets: [facet] });
  }
  return { queries, counts, offset };
}

/** Whether any product has the words, whatever its facets. */
export function toWordsQuery(index: string, query: SearchQuery, required: readonly Term[], near: string | null) {
  return {
    ...{ indexUid: index, q: textOf(required), matchingStrategy: 'all' as const },
    ...{
      filter: [...conditionsOf(query, false), ...(near === null ? [] : [near])],
      limit: 1,
      attributesToRetrieve: ['id']
    }
  };
}

/** Words that products must have. Meilisearch takes the last for a beginning, unless a blank follows. */
export function textOf(required: readonly Term[]): string {
  const whole = required.filter(({ begins }) => !begins);
  const begun = required.filter(({ begins }) => begins);
  const text = [...whole, ...begun].flatMap(({ tokens }) => tokens).join(' ');
  return begun.length === 0 ? `${text} ` : text;
}

/** A condition that an attribute has a value, whatever the value holds. */
export function equals(attribute: string, value: string): string {
  return `${attribute} = "${value.replace(/["\\]/g, '\\$&')}"`;
}

/** What narrows a search and is no facet. @param listed Whether that is among it. */
function conditionsOf(query: SearchQuery, listed = true): string[] {
  const { minPrice, maxPrice, bbox } = query;
  return [
    ...(listed && query.retired !== 'true' ? [equals('listed', 'true')] : []),
    ...(minPrice === undefined ? [] : [atLeast(minPrice)]),
    ...(maxPrice === undefined ? [] : [atMost(maxPrice)]),
    ...(bbox === undefined ? [] : [inBox(bbox)])
  ];
}

function atLeast(price: string): string {
  const { high, low } = partsOf(BigInt(price));
  return `(priceHigh > ${String(high)} OR (priceHigh = ${String(high)} AND priceLow >= ${String(low)}))`;
}

function atMost(price: string): string {
  const { high, low } = partsOf(BigInt(price));
  return `(priceHigh < ${String(high)} OR (priceHigh = ${String(high)} AND priceLow <= ${String(low)}))`;
}

/** Products that cover a place in a box: Meilisearch's own `_geo`, and areas as numbers. */
function inBox(box: BoundingBox): string {
  const conditions = uncross(box).flatMap(([west, south, east, north]) => [
    `_geoBoundingBox([${degrees(north)}, ${degrees(east)}], [${degrees(south)}, ${degrees(west)}])`,
    ...Array.from({ length: areasKept }, (_, place) => {
      const [areaWest, areaSouth, areaEast, areaNorth] = areaNames(place);
      return (
        `(${areaWest} <= ${degrees(east)} AND ${areaEast} >= ${degrees(west)} AND ` +
        `${areaSouth} <= ${degrees(north)} AND ${areaNorth} >= ${degrees(south)})`
      );
    })
  ]);
  return `(${conditions.join(' OR ')})`;
}

/** Degrees without an exponent, to about a centimetre. */
export function degrees(value: number): string {
  return value.toFixed(7);
}

/** What Meilisearch sorts by, the id last. */
function orderOf(keys: readonly (PlaceAttribute | '-wei')[]): string[] {
  return [...keys.flatMap((key) => columnsOf(key).map(({ attribute, order }) => `${attribute}:${order}`)), 'id:desc'];
}

interface Column {
  readonly attribute: string;
  readonly order: 'asc' | 'desc';
  /** Value of a key -> number of the column. */
  of(key: bigint): bigint;
}

/** The numbers that stand for a key. */
function columnsOf(key: PlaceAttribute | '-wei'): Column[] {
  const parts = (name: string, order: Column['order'], value: (key: bigint) => bigint): Column[] => [
    { attribute: `${name}High`, order, of: (number) => BigInt(partsOf(value(number)).high) },
    { attribute: `${name}Low`, order, of: (number) => BigInt(partsOf(value(number)).low) }
  ];
  switch (key) {
    case '-wei':
      return parts('price', 'asc', (number) => -number);
    case 'wei':
      return parts('price', 'desc', (number) => number);
    case 'karma':
      return parts('karma', 'desc', (number) => number);
    default:
      return [{ attribute: key, order: 'desc', of: bounded }];
  }
}

function bounded(number: bigint): bigint {
  return number > integersMost ? integersMost : number < -integersMost ? -integersMost : number;
}

/** What comes after a place of a sorted list: what differs from it first, differs in the right direction. */
function afterPlace(place: Place, keys: readonly (PlaceAttribute | '-wei')[]): string {
  const id = bytes32Schema.safeParse(place.id);
  if (!id.success) throw new CursorInvalidError('Take the cursor from nextCursor of the page before.');
  const columns = [
    ...keys.flatMap((key, number) =>
      columnsOf(key).map(({ attribute, order, of }) => ({
        ...{ attribute, order },
        value: String(of(BigInt(place.keys[number] ?? '0')))
      }))
    ),
    { attribute: 'id', order: 'desc' as const, value: `"${id.data}"` }
  ];
  const alternatives = columns.map(({ attribute, order, value }, number) => {
    const same = columns.slice(0, number).map((before) => `${before.attribute} = ${before.value}`);
    return `(${[...same, `${attribute} ${order === 'desc' ? '<' : '>'} ${value}`].join(' AND ')})`;
  });
  return `(${alternatives.join(' OR ')})`;
}

/** Keys of a cursor of a list that is ranked by words: how many hits are before it. Postgres' have two. */
export const rankedKeys = 1;

function offsetOf(cursor: string): number {
  const offset = Number(decodeCursor(cursor, rankedKeys, 6).keys[0]);
  if (offset < 0 || offset > deepest) {
    throw new CursorInvalidError(`Only the first ${String(deepest)} products can be paged through. Use more filters.`);
  }
  return offset;
}
