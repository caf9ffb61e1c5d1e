import { contentIdOf } from '../protocol/content-id.ts';
import { documentLimit } from '../protocol/product-document.ts';
import type { Market } from './connect-market.ts';
import { DocumentMismatchError, DocumentMissingError } from './document-errors.ts';
import { MarketRefusedError } from './market-errors.ts';
import { requestBytes } from './request.ts';

export interface FetchDocumentParameters {
  readonly market: Market;
  /** CIDv1 (raw, sha2-256). */
  readonly cid: string;
}
export interface FetchDocumentReturnType {
  readonly bytes: Uint8Array;
  /** The bytes as UTF-8. */
  readonly text: string;
}

/**
 * Fetches a document and checks that it is the one that the CID names.
 *
 * @throws {@link DocumentMissingError}, {@link DocumentMismatchError}, and as {@link requestBytes}.
 *
 * @example
 * const { text } = await fetchDocument({ market, cid: offer.termsCid });
 */
export async function fetchDocument({ market, cid }: FetchDocumentParameters): Promise<FetchDocumentReturnType> {
  let bytes: Uint8Array;
  try {
    bytes = await requestBytes({ fetch: market.fetch, url: `${market.marketUrl}/ipfs/${cid}`, limit: documentLimit });
  } catch (error) {
    if (error instanceof MarketRefusedError && error.status === 404) throw new DocumentMissingError(cid);
    throw error;
  }
  const actual = contentIdOf(bytes);
  if (actual !== cid) throw new DocumentMismatchError(cid, actual);
  return { bytes, text: new TextDecoder().decode(bytes) };
}
