import { decodeCursor, type Place } from '../cursor.ts';
import type { SearchQuery } from '../search-engine.ts';

/** By what a list is sorted, descending: a number, and the whole number where that one may be rounded. */
export interface SortKey {
  readonly of: (product: number) => number;
  readonly whole?: (product: number) => bigint;
}

/** A product's place in the order. */
interface Candidate {
  readonly numbers: readonly number[];
  readonly wholes: readonly (bigint | null)[];
  readonly id: string;
}

/** Below zero where the one comes before the other. */
function order(one: Candidate, other: Candidate): number {
  for (const [place, number] of one.numbers.entries()) {
    const difference = (other.numbers[place] ?? 0) - number;
    if (difference !== 0) return difference;
    const whole = one.wholes[place] ?? null;
    const otherWhole = other.wholes[place] ?? null;
    if (whole !== null && otherWhole !== null && whole !== otherWhole) return whole > otherWhole ? -1 : 1;
  }
  return one.id === other.id ? 0 : one.id > other.id ? -1 : 1;
}

/** A page of products, the best of those that are offered, and one more. */
export interface Page {
  offer(product: number): void;
  places(): Place[];
}

/**
 * Makes the page of a query.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export function createPage(ids: readonly string[], query: SearchQuery, keys: readonly SortKey[]): Page {
  const wanted = query.limit + 1;
  const best: Candidate[] = [];
  const decoded = query.cursor === undefined ? null : decodeCursor(query.cursor, keys.length);
  const after: Candidate | null =
    decoded === null
      ? null
      : {
          numbers: decoded.keys.map(Number),
          wholes: keys.map(({ whole }, place) => (whole === undefined ? null : BigInt(decoded.keys[place] ?? '0'))),
          id: decoded.id
        };
  let worst: Candidate | null = null;

  /** Whether a product comes before or, as far as its numbers say, with another; without memory of its own. */
  function mayPrecede(product: number, other: Candidate): boolean {
    let place = 0;
    for (const key of keys) {
      const difference = key.of(product) - (other.numbers[place] ?? 0);
      if (difference !== 0) return difference > 0;
      place += 1;
    }
    return true;
  }

  return {
    offer(product) {
      if (worst !== null && !mayPrecede(product, worst)) return;
      const candidate: Candidate = {
        numbers: keys.map((key) => key.of(product)),
        wholes: keys.map((key) => key.whole?.(product) ?? null),
        id: ids[product] ?? ''
      };
      if (after !== null && order(after, candidate) >= 0) return;
      let place = best.length;
      for (let above = best[place - 1]; above !== undefined && order(candidate, above) < 0; above = best[place - 1]) {
        place -= 1;
      }
      if (place >= wanted) return;
      best.splice(place, 0, candidate);
      if (best.length > wanted) best.pop();
      if (best.length === wanted) worst = best.at(-1) ?? null;
    },
    places: () =>
      best.map(({ numbers, wholes, id }) => ({
        id,
        keys: numbers.map((number, place) => String(wholes[place] ?? number))
      }))
  };
}
