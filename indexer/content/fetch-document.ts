import { contentIdOfDigest } from '#sdk/protocol/content-id';
import { documentLimit, productDocumentSchema, type ProductDocument } from '#sdk/protocol/product-document';
import type { Hex } from '#sdk/protocol/primitives';
import { ContentCorruptError, type ContentStore } from './content-store.ts';

/** What came of fetching a product document. */
export type FetchedDocument =
  | { readonly state: 'ready'; readonly content: ProductDocument }
  /** Never to become right, unless `again`: then other bytes may turn up under the same hash. */
  | { readonly state: 'invalid'; readonly fault: string; readonly again: boolean }
  | { readonly state: 'missing' };

/**
 * Fetches the product document with the given SHA-256 and checks it.
 *
 * @throws ContentStoreUnavailableError when the store does not answer.
 */
export async function fetchDocument(contents: ContentStore, hash: Hex): Promise<FetchedDocument> {
  let bytes: Uint8Array | null;
  try {
    bytes = await contents.get(contentIdOfDigest(hash), documentLimit);
  } catch (error) {
    if (error instanceof ContentCorruptError) return { state: 'invalid', fault: error.title, again: true };
    throw error;
  }
  return bytes === null ? { state: 'missing' } : parseDocument(bytes);
}

/** Bytes -> product document, or what is wrong with them. */
export function parseDocument(bytes: Uint8Array): FetchedDocument {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), (key, part: unknown) => {
      if (unstorable(key) || (typeof part === 'string' && unstorable(part)))
        throw new SyntaxError('NUL or half a character');
      return part;
    });
  } catch {
    return { state: 'invalid', fault: 'It is no JSON in UTF-8 of reasonable depth without NUL.', again: false };
  }
  const parsed = productDocumentSchema.safeParse(value);
  if (parsed.success) return { state: 'ready', content: parsed.data };
  const [issue] = parsed.error.issues;
  const fault = `/${issue?.path.map(String).join('/') ?? ''}: ${issue?.message ?? ''}`;
  return { state: 'invalid', fault: fault.slice(0, 300), again: false };
}

/** Postgres holds neither NUL nor halves of surrogate pairs. */
function unstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text);
}
