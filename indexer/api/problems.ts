import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { problemMediaType, TributaryError, type Problem } from '#sdk/protocol/problem';
import { DatabaseUnavailableError, isDatabaseAway } from '../database.ts';
import type { ServerEnvironment } from './environment.ts';

/** Fields of a request have a wrong form. */
export class RequestInvalidError extends TributaryError {
  readonly code = 'request-invalid';
  readonly title = 'The request is not valid';
  override readonly status = 422;
  readonly faults: readonly { pointer: string; detail: string }[];

  constructor(issues: readonly z.core.$ZodIssue[]) {
    super('Correct the fields named in errors and ask again.');
    this.faults = issues
      .slice(0, 20)
      .map((issue) => ({ pointer: `/${issue.path.map(String).join('/')}`, detail: issue.message }));
  }

  override toProblem(): Problem {
    return { ...super.toProblem(), errors: [...this.faults] };
  }
}

/** Nothing stands at this path. */
export class NotFoundError extends TributaryError {
  readonly code = 'not-found';
  readonly title = 'Not found';
  override readonly status = 404;
}

/** The path exists, not with this method. */
export class MethodNotAllowedError extends TributaryError {
  readonly code = 'method-not-allowed';
  readonly title = 'Method not allowed';
  override readonly status = 405;
  readonly allowed: readonly string[];

  constructor(method: string, allowed: readonly string[]) {
    super(`This path does not take ${method}. Use ${allowed.join(' or ')}.`);
    this.allowed = allowed;
  }
}

/** Answers with a problem (RFC 9457) that no cache keeps. */
export function problemResponse(context: Context<ServerEnvironment>, problem: Problem): Response {
  context.header('Cache-Control', 'no-store');
  context.header('Content-Type', problemMediaType);
  if (problem.retryAfter !== undefined) context.header('Retry-After', String(Math.ceil(problem.retryAfter)));
  // The rest of the body is not read, so nothing can follow on the same connection.
  if (problem.status === 413) context.header('Connection', 'close');
  return context.body(JSON.stringify(problem), problem.status as 400);
}

/**
 * Any error -> the problem that the client is told. What is nobody's fault but ours is logged and told without
 * particulars.
 */
export function problemOf(error: unknown, logger: Logger): Problem {
  if (error instanceof TributaryError && error.status < 500) return error.toProblem();
  if (error instanceof HTTPException && error.status < 500) {
    // what no type names is titled by its status (RFC 9457, section 4.2.1)
    const title = STATUS_CODES[error.status] ?? 'The request is not valid';
    const detail = error.status === 415 ? 'Send JSON, with Content-Type: application/json.' : error.message;
    return { type: 'about:blank', title, status: error.status, detail };
  }
  if (error instanceof TributaryError) {
    logger.warn({ code: error.code, detail: error.message }, 'request failed');
    return error.toProblem();
  }
  if (isDatabaseAway(error)) {
    logger.warn({ error }, 'the database does not answer');
    return new DatabaseUnavailableError('This is not your fault. Try again in a moment.').toProblem();
  }
  logger.error({ error }, 'request failed');
  return {
    type: '/problems/internal',
    title: 'The indexer failed',
    status: 500,
    detail: 'This is not your fault. Try again in a moment.'
  };
}
