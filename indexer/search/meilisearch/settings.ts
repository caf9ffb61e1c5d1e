import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../database.ts';
import { derivedVersion } from '../derive-document.ts';
import { meaningsOf, synonymPhrases } from '../synonyms.ts';
import { forgivenByOthers as fromLetters } from '../words.ts';
import { areaNames, areasKept, documentVersion } from './documents.ts';

/** Values of a facet that are counted at most. */
const valuesShown = 30;
/** Products that can be paged through by words. */
export const deepest = 10_000;

/** Facets of a product, by their names in the API and in the index. */
export const facets = {
  single: ['category', 'free', 'price', 'settlement', 'verified', 'live', 'rate'],
  several: ['tag', 'region', 'language']
} as const;

/** What lists are sorted by, the id last. Large numbers are two each: see documents.ts. */
const sortable = [
  ...['created', 'purchases', 'busy', 'quality', 'priceHigh', 'priceLow', 'karmaHigh', 'karmaLow', 'id']
];

/** Where words are found: names first, descriptions last; lexemes before the words that they were made of. */
export const textAttributes = {
  name: ['nameLexemes', 'name'],
  labels: ['labelsLexemes', 'labels'],
  summary: ['summaryLexemes', 'summary'],
  rest: ['restLexemes', 'rest']
} as const;

const fixed = {
  searchableAttributes: Object.values(textAttributes).flat(),
  filterableAttributes: [
    ...['listed', '_geo', ...facets.single, ...facets.several, ...sortable],
    ...Array.from({ length: areasKept }, (_, place) => areaNames(place)).flat()
  ],
  sortableAttributes: sortable,
  displayedAttributes: [...['id', 'title', 'tag', 'wei', 'karma', 'purchases', 'created', 'busy', 'quality']],
  // a list that is sorted is sorted by that alone; among equally good matches karma, liveness and purchases decide
  rankingRules: [
    ...['sort', 'words', 'typo', 'attribute', 'proximity', 'exactness'],
    ...['quality:desc', 'created:desc']
  ],
  // most mistyped words were corrected before, by the vocabulary: this is for those that may be several of its words
  typoTolerance: {
    enabled: true,
    minWordSizeForTypos: { oneTypo: fromLetters.one, twoTypos: fromLetters.two },
    disableOnAttributes: [...textAttributes.rest]
  },
  faceting: { maxValuesPerFacet: valuesShown, sortFacetValuesBy: { '*': 'count' } },
  pagination: { maxTotalHits: deepest }
};

/** Settings of the index of products. */
export type MeilisearchSettings = typeof fixed & { readonly synonyms: Readonly<Record<string, readonly string[]>> };

/** The settings as this version of the program wants them. */
export interface WantedSettings {
  readonly settings: MeilisearchSettings;
  /** A short text, another one whenever settings or documents are. */
  readonly version: string;
}

/** A reader of the settings: Postgres says once which lexemes the synonyms are. */
export function createSettingsReader(database: Database): () => Promise<WantedSettings> {
  let read: Promise<WantedSettings> | null = null;
  return () => {
    read ??= readSettings(database).catch((error: unknown) => {
      read = null;
      throw error;
    });
    return read;
  };
}

async function readSettings(database: Database): Promise<WantedSettings> {
  const settings = { ...fixed, synonyms: await synonymsAsLexemes(database) };
  const version = createHash('sha256')
    .update(JSON.stringify([settings, documentVersion, derivedVersion]))
    .digest('hex')
    .slice(0, 16);
  return { settings, version };
}

/** Synonyms by what is asked for, as typed and cut down to lexemes: words of queries come as either. */
async function synonymsAsLexemes(database: Database): Promise<Record<string, string[]>> {
  const words = [...new Set(synonymPhrases.flatMap((phrase) => phrase.split(' ')))].sort();
  const { rows } = await database.execute(sql`
    select array(select coalesce((tsvector_to_array(to_tsvector('indexer.words', word)))[1], '')
      from json_array_elements_text(${JSON.stringify(words)}::json) with ordinality as asked (word, place)
      order by place) as lexemes`);
  const { lexemes } = z.object({ lexemes: z.array(z.string()).length(words.length) }).parse(rows[0]);
  const lexemeOf = new Map(words.map((word, place) => [word, lexemes[place] ?? '']));
  const cut = (phrase: readonly string[]) =>
    phrase
      .flatMap((word) => lexemeOf.get(word) ?? '')
      .filter(Boolean)
      .join(' ');
  const others = new Map<string, Set<string>>();
  for (const phrase of [...synonymPhrases].sort()) {
    const typed = phrase.split(' ');
    const meant = meaningsOf(typed).flatMap(({ synonyms }) => synonyms.map(cut));
    for (const key of new Set([phrase, cut(typed)])) {
      const known = others.get(key) ?? new Set<string>();
      for (const one of meant) if (one !== '' && one !== key) known.add(one);
      if (key !== '') others.set(key, known);
    }
  }
  return Object.fromEntries([...others].map(([key, values]) => [key, [...values].sort()] as const));
}
