/** What Postgres makes of texts, as it writes it: vectors of lexemes, and queries. */

/** Weights of a match in names, labels, summaries and descriptions; as search/postgres/engine.ts has them. */
const weights: Readonly<Record<string, number>> = { A: 1, B: 0.6, C: 0.35, D: 0 };

/** A vector as text ('rain':1A,7C 'wind':2) -> how much a match of each lexeme says. */
export function ranksOf(vector: string): Map<string, number> {
  const ranks = new Map<string, number>();
  for (const [, lexeme = '', places = ''] of vector.matchAll(/'([^']*)':([0-9A-D,]+)/g)) {
    ranks.set(lexeme, rankOf(places.split(',').map((place) => weights[/[ABC]$/.exec(place)?.[0] ?? 'D'] ?? 0)));
  }
  return ranks;
}

/** Weights of the places of one lexeme -> what `ts_rank` gives it (calc_rank_or of Postgres' tsrank.c). */
function rankOf(places: readonly number[]): number {
  const best = Math.max(...places);
  const at = places.indexOf(best);
  const sum = places.reduce((added, weight, place) => added + weight / (place + 1) ** 2, 0);
  return (best + sum - best / (at + 1) ** 2) / (Math.PI ** 2 / 6);
}

/** A query as Postgres understood it. */
export type LexemeQuery =
  | { readonly kind: 'lexeme'; readonly lexeme: string; readonly beginning: boolean }
  | { readonly kind: 'any' | 'all'; readonly parts: readonly LexemeQuery[] };

const nothing: LexemeQuery = { kind: 'any', parts: [] };

/**
 * A query as text -> the query. A phrase becomes words that must all be there.
 *
 * @param text As Postgres writes a tsquery: 'rain' | 'wind' & 'gust':*; without "!".
 */
export function readQuery(text: string): LexemeQuery {
  const tokens = text.match(/'[^']*'(?::[*A-D]+)?|<->|<\d+>|[&|()]/g) ?? [];
  let next = 0;

  function alternatives(): LexemeQuery {
    const parts = [conjunction()];
    while (tokens[next] === '|') {
      next += 1;
      parts.push(conjunction());
    }
    return joined('any', parts);
  }

  function conjunction(): LexemeQuery {
    const parts = [single()];
    for (let token = tokens[next]; token === '&' || token?.startsWith('<') === true; token = tokens[next]) {
      next += 1;
      parts.push(single());
    }
    return joined('all', parts);
  }

  function single(): LexemeQuery {
    const token = tokens[next] ?? '';
    next += 1;
    if (token === '(') {
      const inner = alternatives();
      next += 1;
      return inner;
    }
    const [, lexeme, options = ''] = /^'([^']*)'(.*)$/.exec(token) ?? [];
    return lexeme === undefined ? nothing : { kind: 'lexeme', lexeme, beginning: options.includes('*') };
  }

  return tokens.length === 0 ? nothing : alternatives();
}

function joined(kind: 'any' | 'all', parts: readonly LexemeQuery[]): LexemeQuery {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind, parts: flat };
}

/** Lexemes of a query, each once. */
export function operandsOf(query: LexemeQuery): Extract<LexemeQuery, { kind: 'lexeme' }>[] {
  const found = new Map<string, Extract<LexemeQuery, { kind: 'lexeme' }>>();
  const visit = (part: LexemeQuery) => {
    if (part.kind === 'lexeme') found.set(`${part.lexeme}${part.beginning ? '*' : ''}`, part);
    else part.parts.forEach(visit);
  };
  visit(query);
  return [...found.values()];
}
