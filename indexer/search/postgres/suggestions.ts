import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Suggestion } from '#sdk/protocol/discovery';
import { bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchProduct, searchWord } from '../../schema.ts';
import { cellCondition } from './cells.ts';
import { wordsOf } from '../words.ts';
import { readText, type Term } from './text-query.ts';

/** Words that are looked for in names. */
const longest = 8;

const wordsSchema = z.array(z.object({ word: z.string() }));
const productsSchema = z.array(z.object({ id: bytes32Schema, name: z.string() }));
/** A product by its name. */
export interface NamedProduct {
  readonly id: Hex;
  readonly name: string;
}

/** Finds products whose names have words, the best first. */
export type NameFinder = (terms: readonly Term[], limit: number) => Promise<readonly NamedProduct[]>;

/**
 * What somebody who has typed so much may be about to type: words that it begins, then names of products.
 *
 * @param products How many there are.
 * @param findNames By default, by the rows.
 */
export async function suggest(
  database: Database,
  typed: string,
  limit: number,
  products: number,
  findNames: NameFinder = (terms, most) => namesInRows(database, terms, most)
): Promise<Suggestion[]> {
  const words = wordsOf(typed).slice(0, longest);
  const last = words.at(-1);
  if (last === undefined) return [];
  const { terms } = await readText(database, typed, products);
  const named = terms.length === 0 ? [] : await findNames(terms, limit);
  const completions = wordsSchema.parse(
    (
      await database.execute(sql`
        select word from ${searchWord} where word ~>=~ ${last} and word ~<~ ${`${last}\u{10ffff}`} and stem is not null
          and word <> ${last}
        order by products desc, word limit ${limit}`)
    ).rows
  );
  const before = words.slice(0, -1).join(' ');
  const half = Math.ceil(limit / 2);
  const texts = completions.map(({ word }) => ({ text: before === '' ? word : `${before} ${word}`, productId: null }));
  const names = named.map(({ id, name }) => ({ text: name, productId: id }));
  const shown = names.slice(0, Math.max(half, limit - texts.length));
  return [...texts.slice(0, limit - shown.length), ...shown];
}

async function namesInRows(database: Database, terms: readonly Term[], limit: number): Promise<NamedProduct[]> {
  const { rows } = await database.execute(sql`
    select id, name from ${searchProduct}
    where lexemes @@ to_tsquery('indexer.words', ${terms.map(({ wide }) => inName(wide)).join(' & ')})
      and ${cellCondition(sql`cell`, { listed: 'true' }) ?? sql`true`}
    order by quality desc, id limit ${limit}`);
  return productsSchema.parse(rows);
}

/** The same query, for matches in names alone. */
function inName(query: string): string {
  return query.replace(/[\p{L}\p{N}]+(?::\*)?/gu, (word) => (word.endsWith(':*') ? `${word}A` : `${word}:A`));
}
