import { searchAddress, shortId, type SavedSearch } from './saved-search.ts';

/** A product of the results. */
export interface FoundProduct {
  readonly productId: string;
  /** Null while its document is not known. */
  readonly name: string | null;
}

/** What a search finds now. */
export interface SearchCheck {
  readonly total: number;
  /** Products that were not there when the results were last looked at, the newest first. */
  readonly fresh: readonly FoundProduct[];
  /** What to remember as seen. */
  readonly seen: readonly string[];
}

/** Results that are compared: the newest. */
const compared = 100;

/** Asks the index what a search finds; null where it does not answer. */
export async function checkSearch({
  address,
  seen
}: Pick<SavedSearch, 'address' | 'seen'>): Promise<SearchCheck | null> {
  const parameters = new URLSearchParams(searchAddress(address).split('?', 2)[1] ?? '');
  parameters.set('sort', 'newest');
  parameters.set('limit', String(compared));
  try {
    const answer = await fetch(`/v1/products?${parameters.toString()}`);
    if (!answer.ok) return null;
    const found = readPage(await answer.json());
    if (found === null) return null;
    const known = new Set(seen ?? found.products.map(({ productId }) => shortId(productId)));
    return {
      total: found.total,
      fresh: found.products.filter(({ productId }) => !known.has(shortId(productId))),
      seen: found.products.map(({ productId }) => shortId(productId))
    };
  } catch {
    // The index does not answer: what is kept stays as it is, and the page says so.
    return null;
  }
}

/** Reads what is needed of a page of products; the whole schema would be a lot to load for it. */
function readPage(page: unknown): { total: number; products: FoundProduct[] } | null {
  if (typeof page !== 'object' || page === null) return null;
  const { total, items } = page as Record<string, unknown>;
  if (typeof total !== 'number' || !Array.isArray(items)) return null;
  const products = (items as unknown[]).flatMap((item) => {
    const { productId, document } = item as { productId?: unknown; document?: { name?: unknown } | null };
    if (typeof productId !== 'string') return [];
    return [{ productId, name: typeof document?.name === 'string' ? document.name : null }];
  });
  return { total, products };
}
