import type { z } from 'zod';
import { reasonOf, SourceSilentError } from './feed.ts';

/**
 * Fetches a JSON document of a source.
 *
 * @throws {@link SourceSilentError} when nothing comes within `timeout` milliseconds, or something unexpected.
 */
export async function fetchJson<T extends z.ZodType>(
  url: string,
  schema: T,
  signal: AbortSignal,
  timeout: number
): Promise<z.output<T>> {
  let value: unknown;
  try {
    const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) });
    if (!answer.ok) throw new SourceSilentError(url, `HTTP status ${String(answer.status)}`);
    value = await answer.json();
  } catch (error) {
    if (error instanceof SourceSilentError) throw error;
    throw new SourceSilentError(url, reasonOf(error), error);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SourceSilentError(url, 'the answer has another form than it used to');
  return parsed.data;
}
