import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { z } from 'zod';
import { reasonOf } from '../chain/client.ts';
import { DatabaseUnavailableError, isDatabaseAway } from '../database/pool.ts';
import { type Problem, problemMediaType, TributaryError } from '#sdk/protocol/problem';

/** The request does not have the shape that this address asks for. */
export class RequestInvalidError extends TributaryError {
  readonly code = 'request-invalid';
  readonly title = 'The request is not valid';
  private readonly faults: readonly { pointer: string; detail: string }[];

  constructor(message: string, faults: readonly { pointer: string; detail: string }[] = []) {
    super(message);
    this.faults = faults;
  }

  override toProblem(): Problem {
    return { ...super.toProblem(), ...(this.faults.length > 0 && { errors: [...this.faults] }) };
  }
}

/** The request is larger than the broker takes. */
export class RequestTooLargeError extends TributaryError {
  readonly code = 'request-too-large';
  readonly title = 'The request is too large';
  override readonly status = 413;
}

/**
 * Reads a value by a schema.
 *
 * @throws {@link RequestInvalidError} naming every field that is wrong.
 */
export function parseRequest<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => ({
    pointer: issue.path.map((part) => `/${String(part)}`).join(''),
    detail: issue.message
  }));
  const listed = faults.map((fault) => `${fault.pointer || '/'}: ${fault.detail}`).join('; ');
  throw new RequestInvalidError(`Correct these fields: ${listed}.`, faults);
}

/** Problem details of any failure; what nobody foresaw is logged and told without particulars. */
export function problemOf(error: unknown, logger: Logger): Problem {
  if (error instanceof TributaryError) return error.toProblem();
  if (isDatabaseAway(error)) {
    logger.warn({ reason: reasonOf(error) }, 'the database does not answer');
    return new DatabaseUnavailableError('The database does not answer. Try again in a moment.').toProblem();
  }
  logger.error({ err: error }, 'unforeseen failure');
  return {
    type: '/problems/internal',
    title: 'The broker failed',
    status: 500,
    detail: 'Something went wrong in the broker. Try again; its log says more.'
  };
}

/** Answers a request with problem details (RFC 9457). */
export function respondProblem(context: Context, problem: Problem): Response {
  const headers: Record<string, string> = { 'content-type': problemMediaType };
  if (problem.retryAfter !== undefined) headers['retry-after'] = String(Math.ceil(problem.retryAfter));
  // The rest of the body is not read, so nothing can follow on the same connection.
  if (problem.status === 413) headers['connection'] = 'close';
  return context.body(JSON.stringify(problem), problem.status as 400, headers);
}

/** Answers whatever a handler threw. */
export function respondError(context: Context, error: unknown, logger: Logger): Response {
  if (error instanceof HTTPException) {
    return respondProblem(context, { type: 'about:blank', title: error.message, status: error.status });
  }
  return respondProblem(context, problemOf(error, logger));
}
