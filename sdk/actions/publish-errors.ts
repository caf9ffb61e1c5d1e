import { TributaryError } from '../protocol/problem.ts';

/** The publisher was closed before the broker had stored the event. */
export class PublisherClosedError extends TributaryError {
  readonly code = 'publisher-closed';
  readonly title = 'The publisher is closed';

  constructor() {
    super('The publisher was closed before the broker stored this event. Open another one to publish it.');
  }
}

/** The broker has not stored what was published before. */
export class PublisherFullError extends TributaryError {
  readonly code = 'publisher-full';
  readonly title = 'Too many events wait for the broker';
  override readonly status = 503;

  constructor(waiting: number) {
    super(`${String(waiting)} events wait for the broker. Publish more slowly, or wait until it answers again.`);
  }
}

/** The stream is not public, and no keys were given to encrypt with. */
export class PublisherKeysMissingError extends TributaryError {
  readonly code = 'publisher-keys-missing';
  readonly title = 'The stream needs keys';

  constructor() {
    super('Only a stream that everyone may read takes plain events: give the keys of the stream, or make it public.');
  }
}

/** The publisher's clock cannot be represented in an event. */
export class SequenceExhaustedError extends TributaryError {
  readonly code = 'sequence-exhausted';
  readonly title = 'Too many events within one millisecond';
  override readonly status = 503;

  constructor() {
    super('The clock stands still and all sequence numbers of this millisecond are used. Check the clock.');
  }
}

/** The stream's issuer has granted nothing to the publisher's key. */
export class PublisherKeysAwaitedError extends TributaryError {
  readonly code = 'publisher-keys-awaited';
  readonly title = 'The keys of the stream have not come';
  override readonly status = 503;

  constructor(account: string, publicKey: string) {
    super(
      `No issuer has granted keys to ${publicKey} of ${account}. Register that key on the stream, see that the account ` +
        'owns it or may write, and that its issuer runs (npm run issue).'
    );
  }
}
