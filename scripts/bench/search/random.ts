/** Numbers that look random and are the same in every run (mulberry32). */
export interface Random {
  /** From 0 to below 1. */
  next(): number;
  below(limit: number): number;
  pick<Item>(items: readonly [Item, ...Item[]]): Item;
  /** The first items far more often than the last ones, as with words and cities (Zipf's law, roughly). */
  pickUnevenly<Item>(items: readonly [Item, ...Item[]]): Item;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
    pickUnevenly: (items) => items[Math.floor(items.length * next() ** 2)] ?? items[0]
  };
}
