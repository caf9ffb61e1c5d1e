import { sha256 } from '#sdk/protocol/content-id';
import type { Hex } from '#sdk/protocol/primitives';
import type { MarketContext } from './market-context.ts';

/** Characters of a description that a page shows, and bytes that are fetched for it at most. */
const shown = 2_000;
const limit = 128 * 1024;

/**
 * The description of a wish, as plain text.
 *
 * @returns Null where it cannot be had, or is not the document that the chain names.
 */
export async function readWishText(
  { configuration }: MarketContext,
  { cid, hash }: { readonly cid: string; readonly hash: Hex }
): Promise<string | null> {
  try {
    const response = await fetch(`${configuration.INDEXER_URL.replace(/\/$/, '')}/ipfs/${cid}`, {
      signal: AbortSignal.timeout(2_000)
    });
    if (!response.ok) return null;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length > limit || sha256(bytes) !== hash) return null;
    return new TextDecoder().decode(bytes).slice(0, shown);
  } catch {
    // The page says that the description is missing; the wish itself stands on the chain.
    return null;
  }
}
