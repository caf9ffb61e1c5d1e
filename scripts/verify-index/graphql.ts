import { z } from 'zod';
import { TributaryError } from '#sdk/protocol/problem';

/** One side could not be asked, or refused the question. */
export class IndexUnreadableError extends TributaryError {
  readonly code: string = 'index-unreadable';
  readonly title: string = 'An index could not be read';
  override readonly status = 502;
}

/** The chain was reorganised under the question; asked again, it has an answer. */
export class ChainReorganisedError extends IndexUnreadableError {
  override readonly code = 'chain-reorganised';
  override readonly title = 'The chain was reorganised while an index was read';
}

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).nullish()
});

/**
 * Asks a GraphQL endpoint.
 *
 * @returns The answer's data, checked against the shape.
 * @throws {@link ChainReorganisedError} from graph-node while it follows a reorganisation.
 * @throws {@link IndexUnreadableError} when the endpoint cannot be reached, refuses, or answers in another shape.
 */
export async function ask<Shape extends z.ZodType>(
  url: string,
  shape: Shape,
  query: string,
  variables: Readonly<Record<string, unknown>> = {}
): Promise<z.output<Shape>> {
  let body: unknown;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(30_000)
    });
    body = await response.json();
  } catch (error) {
    throw new IndexUnreadableError(`${url} does not answer GraphQL: ${(error as Error).message}. Is it running?`);
  }
  const answer = answerSchema.safeParse(body);
  const refusals = answer.data?.errors?.map(({ message }) => message) ?? [];
  if (refusals.some((refusal) => /chain was reorganized|no block with that hash/i.test(refusal))) {
    throw new ChainReorganisedError(`${url} met a reorganisation of the chain. Try again in a moment.`);
  }
  if (refusals.length > 0) throw new IndexUnreadableError(`${url} refused: ${refusals.join('; ')}`);
  const data = shape.safeParse(answer.data?.data);
  if (!data.success) throw new IndexUnreadableError(`${url} answered in another shape: ${data.error.message}`);
  return data.data;
}
