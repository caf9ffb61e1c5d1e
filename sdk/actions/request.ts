import type { z } from 'zod';
import { problemSchema } from '../protocol/problem.ts';
import { AnswerInvalidError, MarketRefusedError, MarketUnreachableError } from './market-errors.ts';
import type { Fetch, FetchAnswer, FetchRequest } from './platform.ts';

const defaultTimeout = 15_000;
const defaultLimit = 4 * 1024 * 1024;

export interface RequestParameters extends FetchRequest {
  readonly fetch: Fetch;
  readonly url: string;
  /** Milliseconds until the answer must be complete. */
  readonly timeout?: number;
  /** Most bytes that the answer may have. */
  readonly limit?: number;
}

/**
 * Sends a request and returns the bytes of a successful answer.
 *
 * @throws {@link MarketUnreachableError} when nothing answers in time.
 * @throws {@link MarketRefusedError} when the answer is a refusal.
 * @throws {@link AnswerInvalidError} when the answer is larger than the limit.
 */
export async function requestBytes(parameters: RequestParameters): Promise<Uint8Array> {
  const { fetch, url, timeout = defaultTimeout, limit = defaultLimit, ...request } = parameters;
  let answer: FetchAnswer;
  let bytes: Uint8Array | undefined;
  try {
    answer = await fetch(url, { ...request, signal: AbortSignal.timeout(timeout) });
    bytes = await readBounded(answer, limit);
  } catch (cause) {
    throw new MarketUnreachableError(url, cause);
  }
  if (!answer.ok) throw new MarketRefusedError(problemOf(answer.status, url, bytes ?? new Uint8Array()));
  if (bytes === undefined) throw new AnswerInvalidError(url, `more than ${String(limit)} bytes`);
  return bytes;
}

/**
 * Sends a request and returns its JSON answer as the schema reads it.
 *
 * @throws as {@link requestBytes}, and {@link AnswerInvalidError} when the answer does not fit the schema.
 */
export async function requestJson<T extends z.ZodType>(
  parameters: RequestParameters & { readonly schema: T }
): Promise<z.output<T>> {
  const { schema, ...request } = parameters;
  const bytes = await requestBytes({ ...request, headers: { accept: 'application/json', ...request.headers } });
  const parsed = schema.safeParse(parseJson(bytes, request.url));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new AnswerInvalidError(request.url, `${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`.trim());
  }
  return parsed.data;
}

/** Reads a body up to the limit; undefined when there is more. */
async function readBounded(answer: FetchAnswer, limit: number): Promise<Uint8Array | undefined> {
  if (answer.body === null) return new Uint8Array();
  const reader = answer.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (value === undefined) continue;
    size += value.length;
    if (size > limit) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function problemOf(status: number, url: string, bytes: Uint8Array) {
  try {
    const parsed = problemSchema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
    if (parsed.success) return parsed.data;
  } catch {
    // Not JSON: a proxy or another server answered; the status below says what is known.
  }
  return { type: 'about:blank', title: `${url} answered with HTTP status ${String(status)}`, status: refusal(status) };
}

const refusal = (status: number) => (status >= 400 && status <= 599 ? status : 502);

function parseJson(bytes: Uint8Array, url: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new AnswerInvalidError(url, 'no JSON');
  }
}
