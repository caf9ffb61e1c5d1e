import { TributaryError } from '#sdk/protocol/problem';
import { pictureCidPattern, variantOf } from '$lib/pictures/variants.ts';
import { encodePicture } from '$lib/server/encode-picture.ts';
import { fetchPicture, PictureMissingError } from '$lib/server/fetch-picture.ts';
import { keptPicture, runPictureWork } from '$lib/server/picture-work.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';
import type { RequestEvent } from './$types';

/** A stranger's picture from IPFS, made small and harmless; see encode-picture.ts. */
export async function GET({ params, locals, request }: RequestEvent) {
  const variant = variantOf(params.variant);
  try {
    if (variant === null || !pictureCidPattern.test(params.cid)) {
      throw new PictureMissingError('Pictures are at /images/<cid>/<320, 640 or 1280>.<webp or avif>.');
    }
    const entityTag = `"${params.cid}-${params.variant}"`;
    const headers = {
      'cache-control': 'public, max-age=31536000, immutable',
      etag: entityTag,
      'content-security-policy': "default-src 'none'; sandbox"
    };
    if (request.headers.get('if-none-match')?.includes(entityTag) === true) {
      return new Response(null, { status: 304, headers });
    }
    const picture = await keptPicture(`${params.cid}/${params.variant}`, () =>
      runPictureWork(async () => encodePicture(await fetchPicture(locals.market, params.cid), variant))
    );
    return new Response(Uint8Array.from(picture), {
      headers: { ...headers, 'content-type': `image/${variant.format}`, 'content-length': String(picture.length) }
    });
  } catch (error) {
    if (error instanceof TributaryError) return problemAnswer(error);
    throw error;
  }
}
