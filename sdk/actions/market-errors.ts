import type { Problem } from '../protocol/problem.ts';
import { TributaryError } from '../protocol/problem.ts';

/** A service of the market refused a request and said why (problem details, RFC 9457). */
export class MarketRefusedError extends TributaryError {
  readonly code = 'market-refused';
  readonly title = 'The market refused';
  override readonly status: number;
  /** What the service answered. */
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title);
    this.problem = problem;
    this.status = problem.status;
  }

  override toProblem(): Problem {
    return this.problem;
  }
}

/** A service of the market did not answer. */
export class MarketUnreachableError extends TributaryError {
  readonly code = 'market-unreachable';
  readonly title = 'The market does not answer';
  override readonly status = 503;
  readonly url: string;

  constructor(url: string, cause?: unknown) {
    super(`${url} did not answer. Check the address and your connection, then try again.`, { cause });
    this.url = url;
  }
}

/** A service of the market answered something that is not what the protocol says. */
export class AnswerInvalidError extends TributaryError {
  readonly code = 'answer-invalid';
  readonly title = 'The answer is not understood';
  override readonly status = 502;
  readonly url: string;

  constructor(url: string, fault: string) {
    super(`${url} answered something unexpected: ${fault}. It may run another version, or be no Tributary market.`);
    this.url = url;
  }
}

/** The platform has no WebSocket of its own (Node before 22) and none was given. */
export class WebSocketMissingError extends TributaryError {
  readonly code = 'websocket-missing';
  readonly title = 'No WebSocket to connect with';
  override readonly status = 500;

  constructor() {
    super('This platform has no WebSocket: pass one to connectMarket, such as { webSocket: WebSocket } of package ws.');
  }
}

/** The session that was given has ended, or the broker does not know it. */
export class SessionEndedError extends TributaryError {
  readonly code = 'session-ended';
  readonly title = 'The session has ended';
  override readonly status = 401;

  constructor() {
    super('Sign in again with authenticate, or pass keepSession, which does so by itself.');
  }
}

/** What the broker asks to be signed is meant for another place. */
export class ForeignDomainError extends TributaryError {
  readonly code = 'foreign-domain';
  readonly title = 'The signature is meant for another place';

  constructor(domain: string, chainId: number) {
    super(
      `The broker asks for a signature for ${domain} on chain ${String(chainId)}, which is not this market: nothing was ` +
        'signed. If the market is reached under that name, pass it as domain.'
    );
  }
}
