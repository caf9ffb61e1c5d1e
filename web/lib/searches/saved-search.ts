/** A search that somebody keeps in this browser. Nobody else knows of it. */
export interface SavedSearch {
  readonly id: string;
  readonly name: string;
  /** Path and query of the market page that shows it. */
  readonly address: string;
  /** Unix milliseconds at which its results were last looked at. */
  readonly seenAt: number;
  /** Beginnings of the ids of products that were among the newest results then; null until that was asked for. */
  readonly seen: readonly string[] | null;
}

const storageKey = 'tributary.searches';
/** Searches that are kept; letters of a name and of an address. */
export const mostSearches = 50;
export const longestName = 80;
const longestAddress = 1_000;
/** Letters of an id by which products are told apart: half of it keeps what is stored small. */
const idLength = 34;
export const shortId = (productId: string): string => productId.slice(0, idLength);

/** What is kept, the newest first; nothing where storage is switched off or holds rubbish. */
export function storedSearches(): SavedSearch[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(storageKey) ?? '[]');
    return Array.isArray(value) ? value.filter(isSearch).slice(0, mostSearches) : [];
  } catch {
    return [];
  }
}

/** @returns whether the browser keeps it. */
export function storeSearches(searches: readonly SavedSearch[]): boolean {
  try {
    localStorage.setItem(storageKey, JSON.stringify(searches.slice(0, mostSearches)));
    return true;
  } catch {
    return false;
  }
}

/** Calls back when another tab changes what is kept. @returns how to end it. */
export function watchStored(changed: () => void): () => void {
  const listen = ({ key }: StorageEvent) => {
    if (key === null || key === storageKey) changed();
  };
  addEventListener('storage', listen);
  return () => {
    removeEventListener('storage', listen);
  };
}

function isSearch(value: unknown): value is SavedSearch {
  if (typeof value !== 'object' || value === null) return false;
  const { id, name, address, seenAt, seen } = value as Record<string, unknown>;
  const isText = (text: unknown, most: number) => typeof text === 'string' && text.length <= most;
  return (
    isText(id, 64) &&
    isText(name, longestName) &&
    isText(address, longestAddress) &&
    typeof address === 'string' &&
    // a link of the page: it must lead to the market
    (address === '/' || address.startsWith('/?')) &&
    typeof seenAt === 'number' &&
    (seen === null || (Array.isArray(seen) && seen.length <= 100 && seen.every((one) => isText(one, idLength))))
  );
}

/** Address of the market page -> the same search, whatever its order, page and view. */
export function searchAddress(address: string): string {
  const parameters = new URLSearchParams(address.split('?', 2)[1] ?? '');
  for (const name of ['sort', 'cursor', 'view', 'limit']) parameters.delete(name);
  parameters.sort();
  const text = parameters.toString();
  return text === '' ? '/' : `/?${text}`;
}
