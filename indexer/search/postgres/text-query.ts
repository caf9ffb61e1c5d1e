import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../database.ts';
import { searchWord } from '../../schema.ts';
import { meaningsOf, weakWords } from '../synonyms.ts';
import { deletionsOf, forgiven, forgivenByOthers, typingErrors, wordsOf } from '../words.ts';

/** Words of a query that are looked for; what follows is ignored, so that a query stays cheap. */
const longestQuery = 12;
/** Words that a mistyped one is taken for, at most. */
const readings = 3;
/** Words that an unfinished one may become, at most. */
const completions = 12;
/** Part of its rarity that a word counts for which says little. */
const weakness = 0.3;
/** What a mistyped word is worth beside one that was typed right. */
const corrected = 0.8;

/** A part of a query that means one thing, as queries of Postgres' full-text search. */
export interface Term {
  readonly words: readonly string[];
  /** What was typed, or what it was taken for. */
  readonly exact: string;
  /** That, words that it begins, and synonyms. */
  readonly wide: string;
  /** What products have to match: as wide, and with the words of a phrase apart. */
  readonly found: string;
  /**
   * The same for an engine that forgives by itself: lexemes, a word of which only the beginning is known, or one that may
   * be several.
   */
  readonly tokens: readonly string[];
  /** Whether the last of them may be the beginning of another. */
  readonly begins: boolean;
  /** How much a match says: the rarer, the more. */
  readonly weight: number;
  /** Products have to have it. */
  readonly required: boolean;
  /** About how many products have it. */
  readonly products: number;
}

export interface TextQuery {
  readonly terms: readonly Term[];
  readonly corrections: { typed: string; meant: string }[];
  /** Words that no product has, not even mistyped. */
  readonly unknown: string[];
}

const lookedUpSchema = z.array(
  z.object({
    stem: z.string().nullable(),
    products: z.coerce.number(),
    beginning: z.coerce.number(),
    completions: z.array(z.string())
  })
);

/**
 * Text -> what to look for.
 *
 * @param total Products that there are.
 */
export async function readText(database: Database, text: string, total: number): Promise<TextQuery> {
  const words = wordsOf(text).slice(0, longestQuery);
  const terms: Term[] = [];
  const corrections: { typed: string; meant: string }[] = [];
  const unknown: string[] = [];
  if (words.length === 0) return { terms, corrections, unknown };
  const known = await lookUp(database, words);
  const rarity = (products: number) => Math.log(1 + Math.max(total, products) / Math.max(products, 1));
  let place = 0;
  for (const { words: phrase, synonyms } of meaningsOf(words)) {
    const others = synonyms.map((words) => phraseOf(words));
    const looked = phrase.map((_, offset) => known[place + offset]);
    const isLast = (place += phrase.length) === words.length;
    const [word = ''] = phrase;
    const [only] = looked;
    if (phrase.length > 1) {
      const products = Math.min(...looked.map((one) => one?.products ?? 0));
      const exact = `(${phrase.join(' <-> ')})`;
      const found = anyOf([phraseOf(phrase), ...others]);
      const wide = anyOf([exact, ...others]);
      const tokens = looked.flatMap((one) => one?.stem ?? []);
      terms.push({
        ...{ words: phrase, exact, wide, found, tokens, begins: false },
        ...{ weight: rarity(products), required: true, products }
      });
      continue;
    }
    if (only?.stem == null) continue;
    if (only.products > 0 || only.beginning > 0) {
      const unfinished = word.length > 1 && (isLast || only.products === 0);
      const weak = weakWords.has(word) && words.length > 1;
      const weight = rarity(only.products > 0 ? only.products : only.beginning) * (weak ? weakness : 1);
      const begun = unfinished ? [`${word}:*`, ...only.completions] : [word];
      const wide = anyOf([...begun, ...others]);
      const products = only.products > 0 ? only.products : only.beginning;
      const tokens = [only.products > 0 ? only.stem : word];
      terms.push({
        ...{ words: phrase, exact: word, wide, found: wide, tokens, begins: unfinished },
        ...{ weight, required: !weak, products }
      });
      continue;
    }
    if (others.length > 0) {
      // a word that is known, though nobody uses it here
      const wide = anyOf(others);
      terms.push({
        ...{ words: phrase, exact: word, wide, found: wide, tokens: [only.stem], begins: false },
        ...{ weight: rarity(1), required: true, products: 1 }
      });
      continue;
    }
    const meant = await correct(database, word, isLast);
    const exact = anyOf(meant.map(({ word }) => word));
    if (meant[0] !== undefined) {
      corrections.push({ typed: word, meant: meant[0].word });
      const alike = meaningsOf([meant[0].word]).flatMap((meaning) => meaning.synonyms.map(phraseOf));
      const products = Math.max(...meant.map((reading) => reading.products));
      // which of them it is can only be said by those who look for all of them
      const { one, two } = forgivenByOthers;
      const isUnsure = meant.length > 1 && Array.from(word).length >= (meant[0].errors > 1 ? two : one);
      const weight = corrected * rarity(products);
      const wide = anyOf([exact, ...alike]);
      terms.push({
        ...{ words: phrase, exact, wide, found: wide, tokens: [isUnsure ? word : meant[0].stem], begins: false },
        ...{ weight, required: true, products }
      });
    } else {
      unknown.push(word);
    }
  }
  return { terms, corrections, unknown };
}

function phraseOf(words: readonly string[]): string {
  return words.length === 1 ? (words[0] ?? '') : `(${words.join(' & ')})`;
}

function anyOf(queries: readonly string[]): string {
  return queries.length === 1 ? (queries[0] ?? '') : `(${queries.join(' | ')})`;
}

/** For each word its lexeme, how many products have it, and how many have words that it begins, the commonest of which. */
async function lookUp(database: Database, words: readonly string[]) {
  const result = await database.execute(sql`
    select lexeme.stem, coalesce((select sum(products) from ${searchWord} known where known.stem = lexeme.stem), 0) as products,
      coalesce(begun.products, 0) as beginning, coalesce(begun.words[1:${completions}], '{}') as completions
    from json_array_elements_text(${JSON.stringify(words)}::json) with ordinality as typed (word, place),
      lateral (select (tsvector_to_array(to_tsvector('indexer.words', typed.word)))[1] as stem) lexeme,
      lateral (select sum(products) as products, array_agg(word order by products desc, word) as words from (
        select word, products from ${searchWord} known
        where known.word ~>=~ typed.word and known.word ~<~ (typed.word || chr(1114111)) and known.stem is not null
        limit 200) as some_words) begun
    order by typed.place`);
  return lookedUpSchema.parse(result.rows);
}

/** What a word that nobody has may have been meant to be, the likeliest first; nothing where none is near. */
async function correct(database: Database, typed: string, unfinished: boolean) {
  const most = forgiven(Array.from(typed).length);
  if (most === 0) return [];
  const result = await database.execute(sql`
    select word, stem, products from ${searchWord} where stem is not null and (
      deletions && array(select json_array_elements_text(${JSON.stringify(deletionsOf(typed))}::json))
      or word % ${typed})
    limit 2000`);
  const candidates = z.array(z.object({ word: z.string(), stem: z.string(), products: z.number() })).parse(result.rows);
  const near = candidates
    .map((candidate) => ({ ...candidate, errors: errorsIn(typed, candidate.word, unfinished) }))
    .filter(({ errors }) => errors <= most)
    .sort(
      (one, other) => one.errors - other.errors || other.products - one.products || (one.word < other.word ? -1 : 1)
    );
  return near.filter(({ errors }) => errors === near[0]?.errors).slice(0, readings);
}

/** Typing errors; of a word that is still being typed, those in its beginning, if that is likelier, count half as much more. */
function errorsIn(typed: string, meant: string, unfinished: boolean): number {
  const whole = typingErrors(typed, meant);
  if (!unfinished || meant.length <= typed.length) return whole;
  const lengths = [typed.length - 1, typed.length, typed.length + 1];
  return Math.min(whole, ...lengths.map((length) => typingErrors(typed, meant.slice(0, length)) + 0.5));
}
