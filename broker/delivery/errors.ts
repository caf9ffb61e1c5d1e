import { TributaryError } from '#sdk/protocol/problem';

/** The file with the attestor's key cannot be used. */
export class AttestorKeyError extends TributaryError {
  readonly code = 'attestor-key-unusable';
  readonly title = 'The key of the attestor cannot be read';
  override readonly status = 500;
}

/** This broker has no attestor, or one that the market's oracle does not count. */
export class NoAttestorError extends TributaryError {
  readonly code = 'no-attestor';
  readonly title = 'This broker attests no deliveries';
  override readonly status = 404;

  constructor() {
    super('This broker attests no deliveries. Ask the brokers of the accounts that the oracle names as attestors.');
  }
}

/** Nobody bought anything that is judged at this time by the market's oracle. */
export class DeliveryUnsoldError extends TributaryError {
  readonly code = 'delivery-unsold';
  readonly title = 'Nothing is judged then';
  override readonly status = 404;

  constructor(stream: string, time: number) {
    super(
      `No deposit for stream ${stream} is judged at ${String(time)} by the market's oracle. Ask for the start of a ` +
        'deposit or a boundary after it.'
    );
  }
}

/** The time has not come, or events before it may still be counted. */
export class DeliveryUnsettledError extends TributaryError {
  readonly code = 'delivery-unsettled';
  readonly title = 'The events are not counted yet';
  override readonly status = 409;
  private readonly seconds: number;

  constructor(seconds: number) {
    super(`The events before this time are counted in ${String(seconds)} seconds. Ask again then.`);
    this.seconds = seconds;
  }

  override toProblem() {
    return { ...super.toProblem(), retryAfter: this.seconds };
  }
}

/** The oracle wants more signatures for this count than were given. */
export class AttestationsMissingError extends TributaryError {
  readonly code = 'attestations-missing';
  readonly title = 'Attestations are missing';
  override readonly status = 503;

  constructor(stream: string, time: number, found: number, threshold: number) {
    super(
      `${String(found)} of ${String(threshold)} attestors signed the same count of stream ${stream} before ` +
        `${String(time)}. It is asked for again later.`
    );
  }
}
