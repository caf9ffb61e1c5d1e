import { codecOf, type ContentCodec } from '../protocol/content-codec.ts';
import type { Market } from './connect-market.ts';
import { fetchDocument } from './fetch-document.ts';

export interface FetchCodecParameters {
  readonly market: Market;
  /** Of an event, or that of a product document's schema. */
  readonly contentType: string;
}
export type FetchCodecReturnType = ContentCodec | undefined;

/**
 * Fetches the schema that a content type names, and gives what decodes and encodes by it; keep it for the events that
 * follow. Undefined where the type names no schema.
 *
 * @throws as {@link fetchDocument}; SchemaInvalidError.
 *
 * @example
 * const codec = await fetchCodec({ market, contentType: event.contentType });
 * const value = codec?.decode(content);
 */
export async function fetchCodec({ market, contentType }: FetchCodecParameters): Promise<FetchCodecReturnType> {
  return codecOf(contentType, async (cid) => (await fetchDocument({ market, cid })).bytes);
}
