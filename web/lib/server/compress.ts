const compressible = /^(?:text\/|application\/(?:json|javascript|problem\+json))/;
/** Bytes below which it is not worth it. */
const least = 1_024;

/** The same answer, packed with gzip where the client takes it and the content gains by it. */
export function compress(request: Request, response: Response): Response {
  const { headers } = response;
  if (
    response.body === null ||
    headers.has('content-encoding') ||
    !compressible.test(headers.get('content-type') ?? '') ||
    Number(headers.get('content-length') ?? least) < least
  ) {
    return response;
  }
  headers.append('vary', 'accept-encoding');
  if (!/\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) return response;
  headers.delete('content-length');
  headers.set('content-encoding', 'gzip');
  // A packed body is another representation: a strong tag would claim that it is the same bytes.
  const tag = headers.get('etag');
  if (tag !== null && !tag.startsWith('W/')) headers.set('etag', `W/${tag}`);
  const { status, statusText } = response;
  return new Response(response.body.pipeThrough(new CompressionStream('gzip')), { status, statusText, headers });
}
