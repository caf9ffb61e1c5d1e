import type { Facet, PriceBand, ProductFacets, UpdateRate } from '#sdk/protocol/discovery';
import { settlementNames } from '../offers/settlement-words.ts';
import { categoryNames } from './categories.ts';

/** A value by which products can be narrowed, as people read it. */
export interface NamedFacet extends Facet {
  readonly name: string;
}
export type NamedFacets = Readonly<Record<keyof ProductFacets, readonly NamedFacet[]>>;

const priceNames: Record<PriceBand, string> = {
  free: 'Free',
  'under-0.01': 'Under 0.01 an hour',
  'under-0.1': '0.01 to 0.1 an hour',
  'under-1': '0.1 to 1 an hour',
  'under-10': '1 to 10 an hour',
  'from-10': '10 and more an hour'
};
const rateNames: Record<UpdateRate, string> = {
  second: 'Every second',
  minute: 'Every minute',
  hour: 'Every hour',
  day: 'Every day',
  slower: 'Less often'
};
/** By own keys alone: what stands in the address line may be anything. */
const named = (words: Readonly<Record<string, string>>) => (value: string) =>
  Object.hasOwn(words, value) ? words[value] : undefined;
const yesNo = (yes: string, no: string) => named({ true: yes, false: no });

/** Names of codes, in English as the pages are; a code without a name stays as it is. */
const regions = new Intl.DisplayNames('en', { type: 'region' });
const languages = new Intl.DisplayNames('en', { type: 'language' });

const names: Record<keyof ProductFacets, (value: string) => string | undefined> = {
  category: named(categoryNames),
  free: yesNo('Free', 'Paid'),
  tag: (value) => value,
  price: named(priceNames),
  settlement: named(settlementNames),
  verified: yesNo('Verified seller', 'Not verified'),
  live: yesNo('Live now', 'Not live'),
  rate: named(rateNames),
  region: (value) => regions.of(value),
  language: (value) => languages.of(value)
};

/** Name of a value of a facet; the value itself where it has none. */
export function facetName(facet: keyof ProductFacets, value: string): string {
  try {
    return names[facet](value) ?? value;
  } catch {
    // No code at all, as somebody may write into the address line.
    return value;
  }
}

/** All facets with their names. Called on the server, since browsers name some regions otherwise. */
export function nameFacets(facets: ProductFacets): NamedFacets {
  const entries = Object.entries(facets).map(([facet, values]) => [
    facet,
    values.map((one) => ({ ...one, name: facetName(facet as keyof ProductFacets, one.value) }))
  ]);
  return Object.fromEntries(entries) as NamedFacets;
}

/** What is there where the index does not answer. */
export const noFacets: NamedFacets = {
  category: [],
  free: [],
  tag: [],
  price: [],
  settlement: [],
  verified: [],
  live: [],
  rate: [],
  region: [],
  language: []
};
