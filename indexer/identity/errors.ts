import { TributaryError, type Problem } from '#sdk/protocol/problem';

/** The signature with which an account claims a domain does not count. */
export class IdentityConsentInvalidError extends TributaryError {
  readonly code = 'identity-consent-invalid';
  readonly title = 'The account has not signed this';
  override readonly status = 422;
}

/** An account has as many attested names as this market keeps watch over. */
export class IdentitiesTooManyError extends TributaryError {
  readonly code = 'identities-too-many';
  readonly title = 'The account has too many attested names';
  override readonly status = 409;

  constructor(most: number) {
    super(`This market attests ${String(most)} names of an account at most. Take the proof of another one away first.`);
  }
}

/** Too many checks run, or the index is not up to date. */
export class IdentityBusyError extends TributaryError {
  readonly code = 'identity-busy';
  readonly title = 'Nothing can be checked at the moment';
  override readonly status = 503;

  override toProblem(): Problem {
    return { ...super.toProblem(), retryAfter: 5 };
  }
}
