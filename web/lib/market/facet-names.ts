import type { Facet, PriceBand, ProductFacets, UpdateRate } from '#sdk/protocol/discovery';
import type { Category } from '#sdk/protocol/product-document';
import type { Settlement } from '#sdk/protocol/settlement';
import { m } from '../generated/messages/messages.js';
import { codeName, formatNumber } from '../ui/format.ts';
import { categoryNames } from './categories.ts';

/** A value by which products can be narrowed, as people read it. */
export interface NamedFacet extends Facet {
  readonly name: string;
}
export type NamedFacets = Readonly<Record<keyof ProductFacets, readonly NamedFacet[]>>;

/** Words that are asked for while a page is made, in its language. */
type Words = Readonly<Record<string, () => string>>;

const between = (from: number, to: number) => () =>
  m.market_price_between({ from: formatNumber(from), to: formatNumber(to) });
const priceNames: Record<PriceBand, () => string> = {
  free: m.market_free,
  'under-0.01': () => m.market_price_to({ to: formatNumber(0.01) }),
  'under-0.1': between(0.01, 0.1),
  'under-1': between(0.1, 1),
  'under-10': between(1, 10),
  'from-10': () => m.market_price_from({ from: formatNumber(10) })
};
const rateNames: Record<UpdateRate, () => string> = {
  second: m.market_rate_every_second,
  minute: m.market_rate_every_minute,
  hour: m.market_rate_every_hour,
  day: m.market_rate_every_day,
  slower: m.market_rate_slower
};
const settlementNames: Record<Settlement, () => string> = {
  'at-once': m.market_settlement_at_once,
  'by-second': m.market_settlement_by_second,
  'after-events': m.market_settlement_after_events,
  'by-event': m.market_settlement_by_event
};
/** By own keys alone: what stands in the address line may be anything. */
const named = (words: Words) => (value: string) => (Object.hasOwn(words, value) ? words[value]?.() : undefined);
const yesNo = (yes: () => string, no: () => string) => named({ true: yes, false: no });

const names: Record<keyof ProductFacets, (value: string) => string | undefined> = {
  category: (value) => (Object.hasOwn(categoryNames, value) ? categoryNames[value as Category] : undefined),
  free: yesNo(m.market_free, m.market_paid),
  tag: (value) => value,
  price: named(priceNames),
  settlement: named(settlementNames),
  verified: yesNo(m.market_verified, m.market_not_verified),
  live: yesNo(m.market_live_now, m.market_not_live),
  rate: named(rateNames),
  region: (value) => codeName('region', value),
  language: (value) => codeName('language', value)
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
