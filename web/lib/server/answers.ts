import type { z } from 'zod';
import { problemSchema } from '#sdk/protocol/problem';
import { m } from '../generated/messages/messages.js';

/** What a part of the market answered, or why there is no answer, in words for a page. */
export type Answer<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly status: number; readonly reason: string };

interface Question<S extends z.ZodType> {
  /** Name for people: "The index". */
  readonly name: string;
  readonly url: string;
  readonly schema: S;
  /** Milliseconds until it counts as away. */
  readonly patience?: number;
  readonly init?: RequestInit;
}

/**
 * Asks a part of the market and checks the answer's shape. Never throws: a page shows what it can.
 *
 * @returns The parsed answer; status 503 where nobody answers, 502 where the answer has the wrong shape.
 */
export async function ask<S extends z.ZodType>(question: Question<S>): Promise<Answer<z.output<S>>> {
  const { name, url, schema, patience = 4_000, init } = question;
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    status = response.status;
    body = await response.json();
  } catch {
    return { ok: false, status: 503, reason: m.answers_silent({ name }) };
  }
  if (status >= 400) {
    const problem = problemSchema.safeParse(body);
    const reason = problem.success ? (problem.data.detail ?? problem.data.title) : m.answers_refused({ name, status });
    return { ok: false, status, reason };
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, status: 502, reason: m.answers_malformed({ name }) };
}
