import { TributaryError } from '#sdk/protocol/problem';

/** The issuer's own folder cannot be used. */
export class VaultError extends TributaryError {
  readonly code: string = 'vault-unusable';
  readonly title: string = 'The keys of the issuer cannot be read';
  override readonly status = 500;
}

/** The vault was sealed by another passphrase. */
export class VaultPassphraseError extends VaultError {
  override readonly code = 'vault-passphrase-wrong';
  override readonly title = 'The passphrase does not open the vault';

  constructor(file: string, options?: ErrorOptions) {
    super(
      `${file} does not open with this passphrase. Give the one it was sealed by; if it is, the file was changed: restore it.`,
      options
    );
  }
}

/** There is no passphrase where it should be read from, or others can read it there. */
export class PassphraseUnreadableError extends TributaryError {
  readonly code = 'passphrase-unreadable';
  readonly title = 'The passphrase of the vault cannot be read';
  override readonly status = 500;
}

/** The delegation is not for this issuer, not signed by who it names, or out of bounds. */
export class DelegationInvalidError extends TributaryError {
  readonly code = 'delegation-invalid';
  readonly title = 'The delegation is not valid';
}

/** The delegator may not hand out keys of the stream. */
export class DelegatorNotAllowedError extends TributaryError {
  readonly code = 'delegator-not-allowed';
  readonly title = 'The delegator may not grant on this stream';
  override readonly status = 403;

  constructor(delegator: string, stream: string) {
    super(`${delegator} neither owns stream ${stream} nor holds its Grant permission. Sign with an account that does.`);
  }
}

/** Other keys were delegated for the same slots of the same era. */
export class DelegationConflictError extends TributaryError {
  readonly code = 'delegation-conflict';
  readonly title = 'Other keys were delegated for this time';
  override readonly status = 409;

  constructor(era: number) {
    super(`Era ${String(era)} was delegated with other keys before. Publish under a new era and delegate that one.`);
  }
}

/** Nothing of the stream was delegated to this issuer. */
export class NothingDelegatedError extends TributaryError {
  readonly code = 'nothing-delegated';
  readonly title = 'The stream was not delegated';
  override readonly status = 404;

  constructor(stream: string) {
    super(`No keys of stream ${stream} were delegated to this broker. Delegate some, or ask the one that has them.`);
  }
}

/** The thread that makes an era change broke off. */
export class EraChangeFailedError extends TributaryError {
  readonly code = 'era-change-failed';
  readonly title = 'The era change could not be made';
  override readonly status = 500;

  constructor(reason: string) {
    super(`The era change is tried again; it failed because: ${reason}.`);
  }
}
