import type { Posting } from './postings.ts';
import type { ProductTable } from './product-table.ts';
import { rankUnit } from './postings.ts';
import { operandsOf, type LexemeQuery } from './lexemes.ts';

/** A part of what is looked for, as Postgres understood it; see search/postgres/text-query.ts. */
export interface ReadTerm {
  readonly exact: LexemeQuery;
  readonly wide: LexemeQuery;
  readonly found: LexemeQuery;
  readonly weight: number;
  readonly required: boolean;
}

type Visit = (product: number) => void;

/** Calls back for each product that a query finds; for some more than once. */
function visitFound(table: ProductTable, query: LexemeQuery, visit: Visit): void {
  if (query.kind === 'lexeme') {
    for (const { products } of postingsOf(table, query)) {
      const { values, length } = products;
      for (let place = 0; place < length; place += 1) visit(values[place] ?? 0);
    }
  } else if (query.kind === 'any') {
    for (const part of query.parts) visitFound(table, part, visit);
  } else {
    const met = productsOfAll(table, query.parts);
    for (const product of met) visit(product);
  }
}

function postingsOf(table: ProductTable, { lexeme, beginning }: Extract<LexemeQuery, { kind: 'lexeme' }>): Posting[] {
  if (beginning) return table.postings.beginning(lexeme);
  const posting = table.postings.of(lexeme);
  return posting === undefined ? [] : [posting];
}

/** Products that every one of some queries finds, each once. */
export function productsOfAll(table: ProductTable, queries: readonly LexemeQuery[]): Uint32Array {
  const met = new Uint8Array(table.ids.length);
  let found = new Uint32Array(0);
  queries.forEach((query, number) => {
    const now: number[] = [];
    visitFound(table, query, (product) => {
      if (met[product] !== number) return;
      met[product] = number + 1;
      now.push(product);
    });
    found = Uint32Array.from(now);
  });
  return found;
}

/**
 * How well products match, by place: as `ts_rank` has it, by the words that a term means exactly and, for less, by all
 * that stand for them.
 */
export function ranksOfTerms(table: ProductTable, terms: readonly ReadTerm[]): Float32Array {
  const ranks = new Float32Array(table.ids.length);
  const sum = terms.reduce((added, { weight }) => added + weight, 0);
  for (const { exact, wide, weight } of terms) {
    addRanks(table, exact, weight / sum, ranks);
    if (JSON.stringify(exact) !== JSON.stringify(wide)) addRanks(table, wide, (0.4 * weight) / sum, ranks);
  }
  return ranks;
}

function addRanks(table: ProductTable, query: LexemeQuery, weight: number, into: Float32Array): void {
  if (query.kind === 'all') {
    addRanksOfAll(table, query.parts, weight, into);
    return;
  }
  const operands = operandsOf(query);
  const factor = weight / (rankUnit * operands.length);
  for (const operand of operands) {
    for (const { products, ranks } of postingsOf(table, operand)) {
      const { values, length } = products;
      for (let place = 0; place < length; place += 1) {
        const product = values[place] ?? 0;
        into[product] = (into[product] ?? 0) + factor * (ranks.values[place] ?? 0);
      }
    }
  }
}

/** What one match in a name has. */
const matchInName = 6 / Math.PI ** 2;

/** Words that belong together, by the weaker of them: it is not known here how far from each other they stand. */
function addRanksOfAll(table: ProductTable, parts: readonly LexemeQuery[], weight: number, into: Float32Array): void {
  const each = parts.map((part) => {
    const ranks = new Float32Array(table.ids.length);
    addRanks(table, part, 1, ranks);
    return ranks;
  });
  for (const product of productsOfAll(table, parts)) {
    const weakest = Math.min(...each.map((ranks) => ranks[product] ?? 0));
    into[product] = (into[product] ?? 0) + weight * Math.min(1, weakest / matchInName);
  }
}
