import type { Market } from '#sdk/actions/connect-market';
import { fetchCodec } from '#sdk/actions/fetch-codec';
import type { ContentCodec } from '#sdk/protocol/content-codec';
import { TributaryError } from '#sdk/protocol/problem';

/** Schemas that are kept. */
const kept = 16;
/** Milliseconds after which a schema that could not be had is asked for again. */
const patience = 30_000;

/**
 * Decodes content by the schema that its content type names (Avro, Protocol Buffers, JSON Schema), each fetched once.
 *
 * @returns The value; undefined where no schema is named, it cannot be had, or the content does not follow it: then it
 * is shown as it is.
 */
export function createContentDecoder(market: Market): (content: Uint8Array, contentType: string) => Promise<unknown> {
  const codecs = new Map<string, { readonly codec: Promise<ContentCodec | undefined>; readonly until: number }>();
  return async (content, contentType) => {
    if (!contentType.includes(';')) return undefined;
    let known = codecs.get(contentType);
    if (known === undefined || known.until < Date.now()) {
      if (codecs.size >= kept) codecs.delete(codecs.keys().next().value ?? '');
      known = { codec: fetchCodec({ market, contentType }), until: Number.POSITIVE_INFINITY };
      codecs.set(contentType, known);
    }
    try {
      return (await known.codec)?.decode(content);
    } catch (error) {
      if (!(error instanceof TributaryError)) throw error;
      if (error.status >= 500) codecs.set(contentType, { ...known, until: Date.now() + patience });
      return undefined;
    }
  };
}
