/** Pictures by their first bytes. SVG is left out on purpose: it can carry programs. */
const pictures: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^\x89PNG\r\n[^]\n/],
  ['image/jpeg', /^\xff\xd8\xff/],
  ['image/gif', /^GIF8[79]a/],
  ['image/webp', /^RIFF[^]{4}WEBP/],
  ['image/avif', /^[^]{4}ftypavif/]
];

/** The media type of a picture that browsers show; null for anything else. */
export function pictureType(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  return pictures.find(([, signature]) => signature.test(start))?.[0] ?? null;
}

/**
 * The media type under which strangers' bytes are served: JSON, plain text or a picture, each without the power to run
 * anything; everything else only as bytes to save.
 */
export function mediaTypeOf(bytes: Uint8Array): string {
  const picture = pictureType(bytes);
  if (picture !== null) return picture;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'application/octet-stream';
  }
  return /^\s*[[{]/.test(text) && isJson(text) ? 'application/json' : 'text/plain; charset=utf-8';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
