/** Slots from `from` up to but not including `until`. */
export interface SlotRange {
  readonly from: number;
  readonly until: number;
}

/** The same slots as ascending ranges with gaps between them. */
export function union(ranges: readonly SlotRange[]): SlotRange[] {
  const result: SlotRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    if (range.from >= range.until) continue;
    const last = result.at(-1);
    if (last !== undefined && range.from <= last.until) {
      result[result.length - 1] = { from: last.from, until: Math.max(last.until, range.until) };
    } else result.push({ from: range.from, until: range.until });
  }
  return result;
}

/** The slots that are in the range and in one of the others. */
export function intersect(range: SlotRange, others: readonly SlotRange[]): SlotRange[] {
  return union(
    others.map((other) => ({ from: Math.max(range.from, other.from), until: Math.min(range.until, other.until) }))
  );
}

/** The slots of `ranges` that are in none of the others. */
export function subtract(ranges: readonly SlotRange[], others: readonly SlotRange[]): SlotRange[] {
  let left = union(ranges);
  for (const other of union(others)) {
    left = left.flatMap((range) => [
      { from: range.from, until: Math.min(range.until, other.from) },
      { from: Math.max(range.from, other.until), until: range.until }
    ]);
    left = left.filter((range) => range.from < range.until);
  }
  return left;
}
