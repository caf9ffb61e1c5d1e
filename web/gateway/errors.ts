import { TributaryError } from '#sdk/protocol/problem';

/** A part of the market behind this server does not answer. */
export class UpstreamAwayError extends TributaryError {
  readonly code = 'upstream-away';
  readonly title = 'A part of the market does not answer';
  override readonly status = 503;
}

/** A body is larger than this server takes. */
export class BodyTooLargeError extends TributaryError {
  readonly code = 'body-too-large';
  readonly title = 'The body is too large';
  override readonly status = 413;
}

/** A network asks more often, or for more at once, than it may. */
export class TooManyRequestsError extends TributaryError {
  readonly code = 'too-many-requests';
  readonly title = 'Too many requests';
  override readonly status = 429;
}

/** The method does not fit the path. */
export class MethodNotAllowedError extends TributaryError {
  readonly code = 'method-not-allowed';
  readonly title = 'This method does not work here';
  override readonly status = 405;
}

/** There is nothing at this path. */
export class PathUnknownError extends TributaryError {
  readonly code = 'path-unknown';
  readonly title = 'There is nothing at this path';
  override readonly status = 404;
}

/** The storefront was not built yet. */
export class PagesNotBuiltError extends TributaryError {
  readonly code = 'pages-not-built';
  readonly title = 'The storefront is not built';
  override readonly status = 500;
}

/** Something unforeseen; the log says what. */
export class UnforeseenError extends TributaryError {
  readonly code = 'unforeseen';
  readonly title = 'Something went wrong on our side';
  override readonly status = 500;
}
