import { baseLocale, locales, type Locale } from '../generated/messages/runtime.js';

/** A language of the storefront, as a tag of BCP 47. */
export type Language = Locale;

/** What each calls itself: whoever looks for a language reads that one. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch', es: 'Español' };

export const languages: readonly Language[] = locales;

/** Whether pages exist in it. */
export function isLanguage(tag: string | null | undefined): tag is Language {
  return languages.some((language) => language === tag);
}

/** The language that a path names (`/de/sell` is `de`), or null where it leaves the choice to the reader. */
export function languageOfPath(path: string): Language | null {
  const first = path.split('/', 2)[1];
  return isLanguage(first) ? first : null;
}

/** The same path without its language: `/de/sell` and `/sell` are `/sell`, `/de` is `/`. */
export function withoutLanguage(path: string): string {
  const language = languageOfPath(path);
  return language === null ? path : path.slice(1 + language.length) || '/';
}

/** The path of the same page in one language; in English, to which crawlers are led, without a prefix. */
export function withLanguage(path: string, language: Language): string {
  const plain = withoutLanguage(path);
  if (language === baseLocale) return plain;
  return plain === '/' ? `/${language}` : `/${language}${plain}`;
}
