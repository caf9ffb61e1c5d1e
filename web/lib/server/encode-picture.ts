import sharp from 'sharp';
import { TributaryError } from '#sdk/protocol/problem';
import type { PictureFormat, PictureWidth } from '../pictures/variants.ts';

/** Bytes of the largest picture that is taken: as many as the content store keeps. */
export const largestPicture = 8 * 1024 * 1024;
/** Pixels of the largest one: a photograph of 24 megapixels, 100 MB when decoded. */
const mostPixels = 24_000_000;

/** What lies under the CID is no picture that is shown here. */
export class PictureRefusedError extends TributaryError {
  readonly code = 'picture-refused';
  readonly title = 'This picture is not shown';
  override readonly status = 422;
}

/** By their first bytes. No SVG, which can carry programs and references; no GIF, whose point is to move. */
const taken = [/^\x89PNG\r\n[^]\n/, /^\xff\xd8\xff/, /^RIFF[^]{4}WEBP/, /^[^]{4}ftypavif/];

// Nothing is kept inside: what was made is kept by whoever asks; and one picture does not take all processors.
sharp.cache(false);
sharp.concurrency(1);

/**
 * A stranger's picture, decoded and encoded anew: what pages show carries no metadata, and is never larger than asked.
 *
 * @param bytes PNG, JPEG, WebP or AVIF.
 * @throws {@link PictureRefusedError} for anything else, for pictures that move, and for more than 24 million pixels.
 */
export async function encodePicture(
  bytes: Uint8Array,
  { width, format }: { readonly width: PictureWidth; readonly format: PictureFormat }
): Promise<Uint8Array> {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  if (!taken.some((signature) => signature.test(start))) {
    throw new PictureRefusedError('It is no PNG, JPEG, WebP or AVIF.');
  }
  try {
    const image = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' });
    const { pages = 1 } = await image.metadata();
    if (pages > 1) throw new PictureRefusedError('It moves. Only still pictures are shown.');
    const resized = image.rotate().resize({ width, withoutEnlargement: true }).timeout({ seconds: 10 });
    const encoded = format === 'avif' ? resized.avif({ quality: 50, effort: 2 }) : resized.webp({ quality: 78 });
    return await encoded.toBuffer();
  } catch (cause) {
    if (cause instanceof PictureRefusedError) throw cause;
    throw new PictureRefusedError('It cannot be decoded, or has more than 24 million pixels.', { cause });
  }
}
