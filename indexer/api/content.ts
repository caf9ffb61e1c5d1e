import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { sha256 } from '#sdk/protocol/content-id';
import { contentSchema } from '#sdk/protocol/discovery';
import { documentLimit } from '#sdk/protocol/product-document';
import { TributaryError } from '#sdk/protocol/problem';
import { pictureLimit } from '../content/content-store.ts';
import { mediaTypeOf, pictureType } from '../content/media-type.ts';
import type { ServerEnvironment } from './environment.ts';
import { refusals } from './openapi.ts';
import { problemResponse } from './problems.ts';
import type { Services } from './services.ts';

/** The body is larger than what is kept. */
export class ContentTooLargeError extends TributaryError {
  readonly code = 'content-too-large';
  readonly title = 'The content is too large';
  override readonly status = 413;
}

/** The body is empty. */
export class ContentEmptyError extends TributaryError {
  readonly code = 'content-empty';
  readonly title = 'There is no content';
  override readonly status = 422;
}

/** Nobody here has content under this CID. */
export class ContentNotFoundError extends TributaryError {
  readonly code = 'content-not-found';
  readonly title = 'The content is not here';
  override readonly status = 404;
}

const store = createRoute({
  method: 'post',
  path: '/v1/content',
  operationId: 'storeContent',
  summary: 'Store a document or a picture',
  description:
    'The body is the bytes themselves: a document of at most 128 KiB (one raw block, so that its CID holds its plain ' +
    'SHA-256), or a PNG, JPEG, GIF, WebP or AVIF of at most 8 MiB. The CID is the one that ipfs add --cid-version=1 gives.',
  tags: ['content'],
  request: {
    body: {
      required: true,
      content: { 'application/octet-stream': { schema: z.string().openapi({ type: 'string', format: 'binary' }) } }
    }
  },
  responses: {
    201: { description: 'Stored.', content: { 'application/json': { schema: contentSchema } } },
    ...refusals(413, 422, 429, 503)
  }
});

/** POST /v1/content and GET /ipfs/{cid}. */
export function contentRoutes(services: Services): OpenAPIHono<ServerEnvironment> {
  const routes = new OpenAPIHono<ServerEnvironment>();
  routes.openAPIRegistry.registerPath(store);
  routes.post('/v1/content', async (context) => {
    const bytes = await bodyOf(context);
    const cid = await services.contents.put(bytes);
    const hash = sha256(bytes);
    services.contentStored(hash);
    return context.json({ cid, sha256: hash, size: bytes.length }, 201, {
      Location: `/ipfs/${cid}`,
      'Cache-Control': 'no-store'
    });
  });
  routes.get('/ipfs/:cid', async (context) => {
    const cid = context.req.param('cid');
    const bytes = await services.contents.get(cid, pictureLimit);
    if (bytes === null) {
      const error = new ContentNotFoundError(`Nothing is known here under ${cid.slice(0, 130)}.`);
      // a gateway that was asked for what it already has says so by 412 (IPFS path gateway, only-if-cached)
      const status = context.req.header('cache-control') === 'only-if-cached' ? 412 : error.status;
      return problemResponse(context, { ...error.toProblem(), status });
    }
    const entityTag = `"${cid}"`;
    const headers = {
      'Cache-Control': 'public, max-age=31536000, immutable',
      ETag: entityTag,
      'X-Content-Type-Options': 'nosniff',
      'Content-Security-Policy': "default-src 'none'; sandbox",
      'X-Ipfs-Path': `/ipfs/${cid}`
    };
    const known = context.req.header('if-none-match');
    if (
      known !== undefined &&
      known.split(',').some((tag) => ['*', entityTag].includes(tag.trim().replace(/^W\//, '')))
    ) {
      return context.body(null, 304, headers);
    }
    return context.body(new Uint8Array(bytes), 200, {
      ...headers,
      'Content-Type': mediaTypeOf(bytes),
      'Content-Length': String(bytes.length)
    });
  });
  return routes;
}

/** Reads the body, never more than is taken. */
async function bodyOf(context: Context<ServerEnvironment>): Promise<Uint8Array> {
  const tooLarge = () =>
    new ContentTooLargeError('A document may have 128 KiB (131,072 bytes), a picture 8 MiB. Send something smaller.');
  if (Number(context.req.header('content-length') ?? 0) > pictureLimit) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (context.req.raw.body !== null) {
    const reader: ReadableStreamDefaultReader<Uint8Array> = context.req.raw.body.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.length;
      if (size > pictureLimit || (size > documentLimit && pictureType(chunks[0] ?? part.value) === null)) {
        await reader.cancel();
        throw tooLarge();
      }
      chunks.push(part.value);
    }
  }
  if (size === 0) throw new ContentEmptyError('Send the bytes to store as the body of the request.');
  return Buffer.concat(chunks);
}
