/**
 * Normalised discounted cumulative gain of the first places (Järvelin and Kekäläinen, "Cumulated gain-based evaluation
 * of IR techniques", 2002; gain 2^grade - 1, discount log2).
 *
 * @param found Keys in the order in which they were found. @param grades Grade by key; others count nothing.
 * @returns 0 to 1: the gain, beside that of the best order there is.
 */
export function normalisedGain(found: readonly string[], grades: ReadonlyMap<string, number>, places = 10): number {
  const gain = (ordered: readonly number[]) =>
    ordered.slice(0, places).reduce((sum, grade, place) => sum + (2 ** grade - 1) / Math.log2(place + 2), 0);
  const best = gain([...grades.values()].sort((one, other) => other - one));
  return best === 0 ? 0 : gain(found.map((key) => grades.get(key) ?? 0)) / best;
}
