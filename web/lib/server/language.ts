import { AsyncLocalStorage } from 'node:async_hooks';
import { baseLocale, overwriteGetLocale } from '../generated/messages/runtime.js';
import { isLanguage, languageOfPath, type Language } from '../language/languages.ts';

/** The cookie that keeps a chosen language. */
export const languageCookie = 'language';

/** The language of the request that is being answered; requests run beside each other in one process. */
const ofRequest = new AsyncLocalStorage<Language>();

overwriteGetLocale(() => ofRequest.getStore() ?? baseLocale);

/** Runs `answer` so that messages, numbers and dates in it are in `language`. */
export function inLanguage<T>(language: Language, answer: () => T): T {
  return ofRequest.run(language, answer);
}

/**
 * The language to answer in: the one that the path names, else the one that was chosen before, else the reader's first
 * that exists here, else English.
 *
 * @param acceptLanguage The header of RFC 9110 12.5.4, or null.
 */
export function languageFor(request: {
  readonly path: string;
  readonly cookie: string | undefined;
  readonly acceptLanguage: string | null;
}): Language {
  const named = languageOfPath(request.path);
  if (named !== null) return named;
  if (isLanguage(request.cookie)) return request.cookie;
  return preferredLanguage(request.acceptLanguage ?? '') ?? baseLocale;
}

/** The first by quality of those asked for that exists here; `de-AT` is served by `de`. */
function preferredLanguage(header: string): Language | null {
  const asked = header
    .slice(0, 1_000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
      return { language: tag.toLowerCase().split('-', 1)[0], quality: Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  for (const { language } of asked) if (isLanguage(language)) return language;
  return null;
}
