/** What others ask, in wei per second. */
export interface ComparablePrices {
  /** How many products with a price were compared. */
  readonly count: number;
  /** A quarter of them costs less than the lower and a quarter more than the upper. */
  readonly lower: bigint;
  readonly middle: bigint;
  readonly upper: bigint;
}

/**
 * The middle and the usual range of prices: quartiles, each a price that somebody asks.
 *
 * @param prices Wei per second, in any order; what is free is left out.
 * @returns null where nothing has a price.
 */
export function comparablePrices(prices: readonly bigint[]): ComparablePrices | null {
  const sorted = prices.filter((price) => price > 0n).sort((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)];
  const [lower, middle, upper] = [at(0.25), at(0.5), at(0.75)];
  if (lower === undefined || middle === undefined || upper === undefined) return null;
  return { count: sorted.length, lower, middle, upper };
}
