import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../database.ts';
import type { Term } from '../postgres/text-query.ts';
import { readQuery, type LexemeQuery } from './lexemes.ts';
import type { ReadTerm } from './match.ts';

/** Queries whose meaning is remembered. */
const remembered = 5_000;

/** A reader of terms: Postgres says which lexemes their words are, as it did of the documents. */
export function createTermReader(): (database: Database, terms: readonly Term[]) => Promise<ReadTerm[]> {
  const known = new Map<string, LexemeQuery>();
  return async (database, terms) => {
    const asked = [...new Set(terms.flatMap(({ exact, wide, found }) => [exact, wide, found]))];
    const read = new Map(asked.flatMap((text) => (known.has(text) ? [[text, known.get(text)]] : [])));
    const unknown = asked.filter((text) => !read.has(text));
    if (unknown.length > 0) {
      const { rows } = await database.execute(sql`
        select array(select to_tsquery('indexer.words', query)::text
          from json_array_elements_text(${JSON.stringify(unknown)}::json) with ordinality as asked (query, place)
          order by place) as queries`);
      const { queries } = z.object({ queries: z.array(z.string()) }).parse(rows[0]);
      if (known.size > remembered) known.clear();
      for (const [place, text] of unknown.entries()) {
        const query = readQuery(queries[place] ?? '');
        known.set(text, query);
        read.set(text, query);
      }
    }
    const meaning = (text: string): LexemeQuery => read.get(text) ?? { kind: 'any', parts: [] };
    return terms.map(({ exact, wide, found, weight, required }) => ({
      ...{ exact: meaning(exact), wide: meaning(wide), found: meaning(found), weight, required }
    }));
  };
}
