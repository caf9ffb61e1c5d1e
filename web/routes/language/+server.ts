import { z } from 'zod';
import { TributaryError } from '#sdk/protocol/problem';
import { languages, withLanguage } from '$lib/language/languages.ts';
import { languageCookie } from '$lib/server/language.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';
import type { RequestEvent } from './$types';

/** Bounds what a redirect repeats. */
const longestPath = 2_000;
const formSchema = z.object({
  language: z.enum(languages),
  path: z.string().max(longestPath).startsWith('/').catch('/')
});

/** The form names no language that exists here. */
class LanguageUnknownError extends TributaryError {
  readonly code = 'language-unknown';
  readonly title = 'The market does not speak this language';
}

/** Keeps the language that a person chose, for a year, and shows the page they were on in it. */
export async function POST({ request, cookies, url }: RequestEvent) {
  const form = formSchema.safeParse(Object.fromEntries(await request.formData().catch(() => new FormData())));
  if (!form.success) {
    return problemAnswer(
      new LanguageUnknownError(`Send language, one of ${languages.join(', ')}, and path, as a form.`)
    );
  }
  const { language, path } = form.data;
  cookies.set(languageCookie, language, { path: '/', maxAge: 365 * 86_400, sameSite: 'lax' });
  // Only a path of this site: what the form says may come from a link that somebody else made.
  const { origin, pathname, search } = new URL(path, url);
  const place = origin === url.origin ? withLanguage(pathname.replace(/^\/+/, '/'), language) + search : '/';
  return new Response(null, { status: 303, headers: { location: place } });
}
