import { json } from '@sveltejs/kit';
import { TributaryError } from '#sdk/protocol/problem';
import { renderMarkdown } from '$lib/server/markdown.ts';
import { problemAnswer } from '$lib/server/problem-answer.ts';
import type { RequestEvent } from './$types';

/** Characters of a description, as documents bound it. */
const longest = 20_000;

/** More text than a description may have. */
class DescriptionTooLongError extends TributaryError {
  readonly code = 'description-too-long';
  readonly title = 'The description is too long';
  override readonly status = 413;
}

/** Shows a seller how the market will render a description. Takes Markdown, answers { html }. */
export async function POST({ request }: RequestEvent) {
  const text = await request.text();
  if (text.length > longest) {
    return problemAnswer(new DescriptionTooLongError(`Shorten it to ${String(longest)} characters.`));
  }
  return json({ html: renderMarkdown(text) }, { headers: { 'cache-control': 'no-store' } });
}
