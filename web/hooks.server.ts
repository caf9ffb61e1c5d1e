import type { Handle, HandleServerError, RequestEvent } from '@sveltejs/kit';
import { m } from './lib/generated/messages/messages.js';
import { languageOfPath, withoutLanguage, type Language } from './lib/language/languages.ts';
import { compress } from './lib/server/compress.ts';
import { inLanguage, languageCookie, languageFor } from './lib/server/language.ts';
import { marketContextOf } from './lib/server/market-context.ts';
import { originOf } from './lib/server/market-origin.ts';
import { allowConnections, otherBrokerUrls } from './lib/server/other-brokers.ts';
import { allowSignedStyles } from './lib/server/run-time-styles.ts';
import { securityHeaders } from './lib/server/security-headers.ts';
import { addSharingTags, canonicalUrl } from './lib/server/sharing-tags.ts';

/**
 * The language to answer in. Links in pages name none: who came by an address with a language and has chosen none
 * stays in it until the browser is closed.
 */
function languageOf({ url, cookies, request }: RequestEvent): Language {
  const cookie = cookies.get(languageCookie);
  const path = url.pathname;
  if (
    cookie === undefined &&
    languageOfPath(path) !== null &&
    /\btext\/html\b/.test(request.headers.get('accept') ?? '')
  )
    cookies.set(languageCookie, languageFor({ path, cookie, acceptLanguage: null }), { path: '/', sameSite: 'lax' });
  return languageFor({ path, cookie, acceptLanguage: request.headers.get('accept-language') });
}

export const handle: Handle = async ({ event, resolve }) => {
  event.locals.market = await marketContextOf(event.platform?.req);
  const language = languageOf(event);
  const origin = originOf(event.locals.market);
  const product = event.route.id === '/products/[productId]' ? withoutLanguage(event.url.pathname) : '';
  const shared = { url: canonicalUrl(origin, event.url), image: `${origin}${product}/card.png` };
  const response = await inLanguage(language, () =>
    resolve(event, {
      // Names which first-load files are fetched early: scripts and styles, nothing else.
      preload: ({ type }) => type === 'js' || type === 'css',
      transformPageChunk: ({ html }) => addSharingTags(html.replace('%language%', language), shared)
    })
  );
  for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
  if (response.headers.get('content-type')?.startsWith('text/html')) response.headers.set('content-language', language);
  // Of files nothing depends on the language, and they do not come through here; of endpoints little.
  response.headers.append('vary', 'accept-language, cookie');
  const policy = response.headers.get('content-security-policy');
  if (policy !== null) {
    const others = otherBrokerUrls(event.locals.market.configuration);
    response.headers.set('content-security-policy', allowSignedStyles(allowConnections(policy, others)));
  }
  return compress(event.request, response);
};

/** Says what happened in words; the particulars go to the log alone. */
export const handleError: HandleServerError = ({ error, event, status, message }) => {
  if (status === 404) return { message: m.layout_not_found(), advice: m.layout_not_found_advice() };
  const particulars = error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : {};
  process.stdout.write(
    `${JSON.stringify({ level: 50, time: Date.now(), name: 'web', path: event.url.pathname, status, error: particulars, msg: message })}\n`
  );
  return { message: m.layout_failure(), advice: m.layout_failure_advice() };
};
