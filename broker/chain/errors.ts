import { TributaryError } from '#sdk/protocol/problem';

/** The chain does not answer, so nobody can say who may do what. */
export class ChainUnavailableError extends TributaryError {
  readonly code = 'chain-unavailable';
  readonly title = 'The chain does not answer';
  override readonly status = 503;

  override toProblem() {
    return { ...super.toProblem(), retryAfter: 2 };
  }
}

/** No stream with this address was created by the registry. */
export class StreamUnknownError extends TributaryError {
  readonly code = 'stream-unknown';
  readonly title = 'There is no such stream';
  override readonly status = 404;

  constructor(stream: string) {
    super(`The registry created no stream ${stream}. Check the address, and the chain it is on.`);
  }
}

/** The stream was deleted by its owner. */
export class StreamDeletedError extends TributaryError {
  readonly code = 'stream-deleted';
  readonly title = 'The stream was deleted';
  override readonly status = 410;

  constructor(stream: string) {
    super(`Stream ${stream} was deleted and takes nothing new. What it stored can still be read.`);
  }
}
