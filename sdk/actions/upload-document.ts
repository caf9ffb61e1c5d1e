import { contentSchema } from '../protocol/discovery.ts';
import { contentIdOf, sha256 } from '../protocol/content-id.ts';
import type { Hex } from '../protocol/primitives.ts';
import { documentLimit } from '../protocol/product-document.ts';
import type { Market } from './connect-market.ts';
import { DocumentMismatchError, DocumentTooLargeError } from './document-errors.ts';
import { requestJson } from './request.ts';

export interface UploadDocumentParameters {
  readonly market: Market;
  /** Text (then UTF-8) or bytes, at most 128 KiB. */
  readonly document: string | Uint8Array;
}
export interface UploadDocumentReturnType {
  /** CIDv1 (raw, sha2-256): the document is at /ipfs/<cid>. */
  readonly cid: string;
  /** Its SHA-256, as the contracts keep it. */
  readonly hash: Hex;
  /** Bytes. */
  readonly size: number;
}

/**
 * Stores a document with the market and checks that it was stored as it is.
 *
 * @throws {@link DocumentTooLargeError}, {@link DocumentMismatchError}, and as {@link requestJson}.
 *
 * @example
 * const { cid, hash } = await uploadDocument({ market, document: 'Use it as you like.' });
 */
export async function uploadDocument(parameters: UploadDocumentParameters): Promise<UploadDocumentReturnType> {
  const { market, document } = parameters;
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document;
  if (bytes.length > documentLimit) throw new DocumentTooLargeError(bytes.length, documentLimit);
  const cid = contentIdOf(bytes);
  const stored = await requestJson({
    fetch: market.fetch,
    url: `${market.marketUrl}/v1/content`,
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: bytes,
    schema: contentSchema
  });
  if (stored.cid !== cid) throw new DocumentMismatchError(cid, stored.cid);
  return { cid, hash: sha256(bytes), size: bytes.length };
}
