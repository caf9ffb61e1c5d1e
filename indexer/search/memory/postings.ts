import { createColumn, type Column } from './columns.ts';

/** Places of products that have a lexeme, and how much a match of it says in each of them. */
export interface Posting {
  /** Rising. */
  readonly products: Column<Uint32Array>;
  /** 250 times the rank of the match in name, labels and summary; 0 where only the description has it. */
  readonly ranks: Column<Uint8Array>;
}

/** Ranks are kept as whole numbers: so many make one. */
export const rankUnit = 250;

/** Which products have which lexemes. */
export interface Postings {
  add(lexeme: string, product: number, rank: number): void;
  of(lexeme: string): Posting | undefined;
  /** Those of every lexeme that begins so. */
  beginning(prefix: string): Posting[];
  bytes(): number;
}

/** Lexemes that are not sorted in yet are looked through one by one, up to so many. */
const unsortedMost = 256;

export function createPostings(): Postings {
  const known = new Map<string, Posting>();
  let sorted: string[] = [];
  let unsorted: string[] = [];

  /** First place in `sorted` of what is not less. */
  function placeOf(text: string): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? '') < text) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  return {
    add(lexeme, product, rank) {
      let posting = known.get(lexeme);
      if (posting === undefined) {
        // most lexemes are rare
        posting = {
          products: createColumn((length) => new Uint32Array(length), 2),
          ranks: createColumn((length) => new Uint8Array(length), 2)
        };
        known.set(lexeme, posting);
        unsorted.push(lexeme);
      }
      posting.products.push(product);
      posting.ranks.push(Math.min(255, Math.round(rank * rankUnit)));
    },
    of: (lexeme) => known.get(lexeme),
    beginning(prefix) {
      if (unsorted.length > unsortedMost) {
        sorted = [...known.keys()].sort();
        unsorted = [];
      }
      const begun = unsorted.filter((lexeme) => lexeme.startsWith(prefix));
      for (let place = placeOf(prefix); sorted[place]?.startsWith(prefix) === true; place += 1) {
        begun.push(sorted[place] ?? '');
      }
      return begun.flatMap((lexeme) => known.get(lexeme) ?? []);
    },
    bytes: () => {
      let sum = 0;
      for (const [lexeme, { products, ranks }] of known) sum += products.bytes() + ranks.bytes() + lexeme.length + 300;
      return sum;
    }
  };
}
