import { sql, type SQL } from 'drizzle-orm';
import { document } from '../schema.ts';

/** Words of a query that are looked for; what follows is ignored, so that a query stays cheap. */
const longestQuery = 12;

/** Words of a query: runs of letters and digits. */
export function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, longestQuery);
}

/** A text query as SQL over the document table. */
export interface TextQuery {
  /** True for documents that hold every word: as it is inflected, as the beginning of a word, or mistyped. */
  readonly matches: SQL;
  /** Integer, greater for a better match: weighted lexemes, then likeness of letters, that of the name twice. */
  readonly rank: SQL<string>;
}

/**
 * Words -> SQL. Lexemes are found by Postgres full-text search with English stems and without accents, beginnings of
 * words by prefix, typing errors by trigrams (pg_trgm's word similarity, which wants three letters).
 */
export function textQuery(words: readonly string[]): TextQuery {
  const conditions = words.map((word) => {
    const lexeme = sql`${document.lexemes} @@ to_tsquery('indexer.words', ${`${word}:*`})`;
    return word.length < 3 ? lexeme : sql`(${lexeme} or lower(unaccent(${word})) <% ${document.words})`;
  });
  const any = words.map((word) => `${word}:*`).join(' | ');
  const typed = sql`lower(unaccent(${words.join(' ')}))`;
  return {
    matches: sql.join(conditions, sql` and `),
    rank: sql<string>`round(1000000 * (
      4 * ts_rank_cd(${document.lexemes}, to_tsquery('indexer.words', ${any}), 1)
      + word_similarity(${typed}, ${document.words})
      + word_similarity(${typed}, lower(unaccent(${document.content} ->> 'name')))))::bigint`
  };
}
