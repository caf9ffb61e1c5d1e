/** Parameters by which the list of products is narrowed, in the order in which they stand in the address line. */
export const narrowings = [
  'category',
  'tag',
  'seller',
  'stream',
  'free',
  'price',
  'settlement',
  'verified',
  'live',
  'rate',
  'region',
  'language',
  'near',
  'bbox'
] as const;
export type Narrowing = (typeof narrowings)[number];

/** Parameters of the market page as they stand in its address line. */
export type MarketQuery = { readonly [Name in Narrowing]?: string | undefined } & {
  readonly q: string;
  /** Kilometres around `near`. */
  readonly within?: string | undefined;
  readonly retired?: string | undefined;
  readonly sort: string;
  /** Products on the map instead of in a list of cards. */
  readonly view?: 'map' | undefined;
};

/** The order of a list that nobody asked to be sorted. */
export function usualSort(query: Pick<MarketQuery, 'q'>): string {
  return query.q === '' ? 'popular' : 'relevance';
}

/**
 * Address of the market page with some parameters changed; null takes one away. A cursor belongs to one list and is
 * only kept where it is among the changes.
 */
export function marketAddress(
  query: MarketQuery,
  changes: Partial<Record<keyof MarketQuery | 'cursor', string | null>>
): string {
  const wanted = { ...query, cursor: undefined, ...changes };
  // A distance says nothing without what it is from.
  if (wanted.near === null || wanted.near === undefined) wanted.within = null;
  const usual: Readonly<Record<string, string>> = { sort: usualSort(query), retired: 'false' };
  const parameters = new URLSearchParams();
  for (const key of ['q', ...narrowings, 'within', 'retired', 'sort', 'view', 'cursor'] as const) {
    const value: string | null | undefined = key in wanted ? Reflect.get(wanted, key) : undefined;
    if (value !== null && value !== undefined && value !== '' && value !== usual[key]) parameters.set(key, value);
  }
  const text = parameters.toString();
  return text === '' ? '/' : `/?${text}`;
}
