/** A text for crawlers, which may be kept for some minutes. */
export function textAnswer(text: string, mediaType: string): Response {
  return new Response(text, {
    headers: { 'content-type': `${mediaType}; charset=utf-8`, 'cache-control': 'public, max-age=600' }
  });
}
