import { createHash } from 'node:crypto';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { drawCard } from '$lib/server/card-drawing.ts';
import { PictureMissingError } from '$lib/server/fetch-picture.ts';
import { findProduct } from '$lib/server/index-service.ts';
import { keptPicture, runPictureWork } from '$lib/server/picture-work.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';
import { productCardContent } from '$lib/server/product-card-content.ts';
import type { RequestEvent } from './$types';

/** The product's social card; kept by what it shows, so that products which change get a new one. */
export async function GET({ params, locals, request }: RequestEvent) {
  try {
    const productId = bytes32Schema.safeParse(params.productId);
    if (!productId.success) throw new PictureMissingError('The address of a product is 0x and 64 hexadecimal digits.');
    const found = await findProduct(locals.market, productId.data);
    if (!found.ok) throw new PictureMissingError(found.reason);
    const content = productCardContent(found.value);
    const key = createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 22);
    const headers = { 'cache-control': 'public, max-age=3600', etag: `"${key}"` };
    if (request.headers.get('if-none-match')?.includes(headers.etag) === true) {
      return new Response(null, { status: 304, headers });
    }
    const card = await keptPicture(`card/${key}`, () => runPictureWork(() => drawCard(content)));
    return new Response(Uint8Array.from(card), {
      headers: { ...headers, 'content-type': 'image/png', 'content-length': String(card.length) }
    });
  } catch (error) {
    if (error instanceof TributaryError) return problemAnswer(error);
    throw error;
  }
}
