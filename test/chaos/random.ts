/** A sequence of numbers that looks like chance and is the same for the same seed. */
export interface Random {
  /** From 0 up to, but without, 1. */
  next(): number;
  /** A whole number from `least` up to, but without, `end`. */
  between(least: number, end: number): number;
  /** One of several. */
  pick<T>(all: readonly [T, ...T[]]): T;
}

/** mulberry32: 32 bits of state, good enough to choose moments. @param seed A whole number. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, end: number): number => least + Math.floor(next() * (end - least));
  return { next, between, pick: (all) => all[between(0, all.length)] ?? all[0] };
}
