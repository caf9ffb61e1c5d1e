import { TributaryError } from '#sdk/protocol/problem';
import { searchConditionsSchema } from '#sdk/protocol/saved-searches';
import type { Database } from '../database.ts';
import { readText, type Term } from '../search/postgres/text-query.ts';
import type { SearchQuery } from '../search/search-engine.ts';
import { meaningsOf, weakWords } from '../search/synonyms.ts';
import { wordsOf } from '../search/words.ts';

/** A query is none that the market could search by. */
export class SearchInvalidError extends TributaryError {
  readonly code = 'search-invalid';
  readonly title = 'The query of the search is not valid';
  override readonly status = 422;
}

/**
 * A query as GET /v1/products takes it -> the same with what narrows alone, its parameters in order.
 *
 * @throws {@link SearchInvalidError}
 */
export function conditionsOf(text: string): string {
  const given = new Map(new URLSearchParams(text));
  const known = Object.keys(searchConditionsSchema.shape).filter((name) => (given.get(name) ?? '') !== '');
  const conditions = Object.fromEntries(known.map((name) => [name, given.get(name) ?? '']));
  const parsed = searchConditionsSchema.safeParse(conditions);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new SearchInvalidError(`Correct ${faults.slice(0, 5).join('; ')}.`);
  }
  return new URLSearchParams(conditions).toString();
}

/** The query of a saved search, as the engine takes it. @param limit Products that are wanted. */
export function queryOf(conditions: string, limit: number): SearchQuery {
  const parsed = searchConditionsSchema.parse(Object.fromEntries(new URLSearchParams(conditions)));
  return { ...parsed, sort: 'newest', limit, cursor: undefined };
}

/**
 * The conditions, and beside them what mistyped words are taken for: nobody will look at the results and correct them. The
 * words as they were typed still count, since products may come that have them.
 */
export async function understood(database: Database, conditions: string): Promise<string> {
  const parameters = new URLSearchParams(conditions);
  const q = parameters.get('q') ?? '';
  if (q === '' || isId(q)) return conditions;
  // weights do not matter here, and so how many products there are
  const { corrections } = await readText(database, q, 1);
  for (const { typed, meant } of corrections) parameters.append(meantFor, `${typed} ${meant}`);
  return parameters.toString();
}

/** Parameter that is none of a search: a word, and what it is taken for as well. */
const meantFor = 'meant';

/** Whether words are an address or an id, which is looked for as it is. */
export const isId = (q: string): boolean => /^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(q);

/**
 * What the words of a saved search mean. Unlike those of a search they must all be there, also the ones that no product
 * has yet: nothing is given up for the sake of finding something.
 *
 * @param understood Conditions as {@link understood} gives them.
 */
export function strictTerms(q: string, understood: string): Term[] {
  const words = wordsOf(q);
  const meant = new Map(
    new URLSearchParams(understood).getAll(meantFor).map((pair) => pair.split(' ', 2) as [string, string])
  );
  const meanings = meaningsOf(words);
  const terms = meanings.map(({ words: phrase, synonyms }, place): Term => {
    const [word = ''] = phrase;
    const isLast = place === meanings.length - 1;
    // the last one finds what it begins, as it does in a search
    const typed = phrase.length > 1 ? all(phrase) : isLast && word.length > 1 ? `${word}:*` : word;
    const other = meant.get(word);
    const also = phrase.length > 1 || other === undefined ? [] : [other, ...alike(other)];
    const found = `(${[typed, ...also, ...synonyms.map(all)].join(' | ')})`;
    const required = phrase.length > 1 || !weakWords.has(word);
    return {
      ...{ words: phrase, exact: found, wide: found, found, tokens: phrase, begins: isLast },
      ...{ weight: 1, required, products: 1 }
    };
  });
  const required = terms.filter((term) => term.required);
  return required.length > 0 ? required : terms;
}

const all = (words: readonly string[]): string => `(${words.join(' & ')})`;

/** What else stands for a word. */
const alike = (word: string): string[] => meaningsOf([word]).flatMap(({ synonyms }) => synonyms.map(all));
