import { TributaryError } from '#sdk/protocol/problem';
import { largestPicture, PictureRefusedError } from './encode-picture.ts';
import type { MarketContext } from './market-context.ts';

/** The index did not give the picture. */
export class PictureMissingError extends TributaryError {
  readonly code = 'picture-missing';
  readonly title = 'The picture is not here';
  override readonly status = 404;
}

/**
 * The bytes under a content id, from the market's own store. Nothing else is ever asked: an address that a stranger
 * wrote could be any, what lies there could change after the sale, and its owner would learn who looks.
 *
 * @throws {@link PictureMissingError}, {@link PictureRefusedError} for too many bytes.
 */
export async function fetchPicture({ configuration }: MarketContext, cid: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(`${configuration.INDEXER_URL.replace(/\/$/, '')}/ipfs/${cid}`, {
      redirect: 'error',
      signal: AbortSignal.timeout(8_000)
    });
  } catch (cause) {
    throw new PictureMissingError('The index does not answer at the moment. Try again.', { cause });
  }
  if (!response.ok || response.body === null) throw new PictureMissingError('Nothing is known here under this CID.');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > largestPicture) throw new PictureRefusedError('It has more than 8 MiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
