import { TributaryError } from '#sdk/protocol/problem';

/** The file with the key of webhooks cannot be used. */
export class WebhookKeyError extends TributaryError {
  readonly code = 'webhook-key-invalid';
  readonly title = 'The key of webhooks cannot be used';
  override readonly status = 500;
}

/** Nobody is signed in, or not any more. */
export class NotSignedInError extends TributaryError {
  readonly code = 'not-signed-in';
  readonly title = 'Sign in first';
  override readonly status = 401;

  constructor() {
    super('Send Authorization: Bearer and a token of POST /v1/notices/session; it lasts for an hour at most.');
  }
}

/** The signature that asks for a session does not count. */
export class NoticeSignatureInvalidError extends TributaryError {
  readonly code = 'notice-signature-invalid';
  readonly title = 'The account has not signed this';
  override readonly status = 422;
}

/** An address to which nothing is posted. */
export class WebhookUrlRefusedError extends TributaryError {
  readonly code = 'webhook-url-refused';
  readonly title = 'Nothing can be posted to this address';
  override readonly status = 422;
}

/** The account, or everybody together, has as many as this market keeps. */
export class NoticesTooManyError extends TributaryError {
  readonly code = 'notices-too-many';
  readonly title = 'There are too many already';
  override readonly status = 409;
}

/** There is none of this id, or it is somebody else's. */
export class NoticeUnknownError extends TributaryError {
  readonly code = 'notice-unknown';
  readonly title = 'There is no such webhook, delivery or search';
  override readonly status = 404;

  constructor(id: string) {
    super(`This account has no ${id}. List what it has.`);
  }
}
