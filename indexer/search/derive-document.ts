import { boxesOf } from '#sdk/protocol/geography';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { regionName, withContinents } from './regions.ts';
import { wordsOf } from './words.ts';

/** Version of what follows from a document: raise it when this file, the cutting up of words, or the schema of documents changes. */
export const derivedVersion = 1;

/** Characters of a description that are searched. */
const searchedText = 4_000;
/** Words of a document that go into the vocabulary, and letters that a word may have there. */
const vocabularyPerDocument = 400;
const longestWord = 30;

/** What a product is found, narrowed and counted by, as far as its document says it. */
export interface DerivedDocument {
  readonly category: string;
  readonly tags: readonly string[];
  readonly regions: readonly string[];
  readonly languages: readonly string[];
  /** Seconds. */
  readonly cadence: number | null;
  /** Boxes as Postgres writes them. */
  readonly areas: readonly string[];
  /** For the vocabulary. */
  readonly words: readonly string[];
  /** Words with blanks between them, by how much a match in them says. */
  readonly texts: { readonly name: string; readonly labels: string; readonly summary: string; readonly rest: string };
}

export function deriveDocument(content: ProductDocument): DerivedDocument {
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
    texts: { name: name.join(' '), labels: labelled.join(' '), summary: summary.join(' '), rest: rest.join(' ') }
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
