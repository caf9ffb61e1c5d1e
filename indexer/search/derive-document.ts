import { sql, type SQL } from 'drizzle-orm';
import { boxesOf } from '#sdk/protocol/geography';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { regionName, withContinents } from './regions.ts';
import { wordsOf } from './words.ts';

/** Version of what follows from a document: raise it when this file or the cutting up of words changes. */
export const derivedVersion = 1;

/** Characters of a description that are searched. */
const searchedText = 4_000;
/** Words of a document that go into the vocabulary, and letters that a word may have there. */
const vocabularyPerDocument = 400;
const longestWord = 30;

/** Columns of the document table that follow from its content: what it is found, narrowed and counted by. */
export function deriveDocument(content: ProductDocument) {
  const { coverage } = content;
  const regions = withContinents(coverage?.regions ?? []);
  const fields = content.streams.flatMap(({ fields }) => fields);
  const labels = [...content.tags, content.category, content.sellerName ?? ''];
  const places = [...(coverage?.places ?? []).map(({ name }) => name ?? ''), ...regions.map(regionName)];
  const name = wordsOf(content.name);
  const labelled = wordsOf([...labels, ...places].join(' '));
  const summary = wordsOf(content.summary);
  const rest = wordsOf(
    [
      content.source?.name ?? '',
      ...fields.map((field) => field.name),
      ...fields.map((field) => field.description),
      content.description.slice(0, searchedText)
    ].join(' ')
  );
  const weighted = (words: readonly string[], weight: 'A' | 'B' | 'C' | 'D'): SQL =>
    sql`setweight(to_tsvector('indexer.words', ${words.join(' ')}), ${sql.raw(`'${weight}'`)})`;
  const words = [...new Set([...name, ...labelled, ...summary, ...rest])]
    .filter((word) => word.length > 1 && word.length <= longestWord && /\p{L}/u.test(word))
    .slice(0, vocabularyPerDocument);
  return {
    category: content.category,
    tags: [...new Set(content.tags)],
    regions,
    languages: [...new Set(content.languages.flatMap(languageOf))],
    cadence: content.cadence ?? shortest(content.streams.map(({ cadence }) => cadence)),
    areas: (coverage?.places ?? [])
      .flatMap(boxesOf)
      .map(([west, south, east, north]) => `(${[east, north, west, south].map(String).join(',')})`),
    words,
    lexemes: sql`${weighted(name, 'A')} || ${weighted(labelled, 'B')} || ${weighted(summary, 'C')}
      || ${weighted(rest, 'D')}`,
    derived: derivedVersion
  };
}

/** "de-CH" -> "de"; nothing where it is no language. */
function languageOf(tag: string): string[] {
  const [language = ''] = tag.toLowerCase().split('-');
  return /^[a-z]{2,8}$/.test(language) ? [language] : [];
}

function shortest(cadences: readonly (number | undefined)[]): number | null {
  const known = cadences.flatMap((cadence) => cadence ?? []);
  return known.length === 0 ? null : Math.min(...known);
}
