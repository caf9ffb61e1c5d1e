import { eventLimits } from '#sdk/protocol/event';
import { TributaryError } from '#sdk/protocol/problem';

/** The event is larger than any event may be. */
export class EventTooLargeError extends TributaryError {
  readonly code = 'event-too-large';
  readonly title = 'The event is too large';
  override readonly status = 413;

  constructor(bytes: number) {
    super(
      `The event has ${String(bytes)} bytes; its content may have ${String(eventLimits.content)}, ` +
        `its signature ${String(eventLimits.signature)}. Split the content over several events.`
    );
  }
}

/** The event claims a time too far from now. */
export class EventTimestampError extends TributaryError {
  readonly code = 'event-timestamp-invalid';
  readonly title = 'The event lies too far in the future or in the past';

  constructor(timestamp: number, now: number) {
    const ahead = timestamp > now;
    const limit = (ahead ? eventLimits.ahead : eventLimits.behind) / 1000;
    super(
      `The event's timestamp lies ${String(Math.round(Math.abs(timestamp - now) / 1000))} s ` +
        `${ahead ? 'ahead of' : 'behind'} the broker's clock; ${String(limit)} s are allowed. Check your clock.`
    );
  }
}

/** The stream has fewer partitions. */
export class PartitionUnknownError extends TributaryError {
  readonly code = 'partition-unknown';
  readonly title = 'The stream has no such partition';

  constructor(partition: number, partitions: number) {
    super(`Partition ${String(partition)} does not exist: the stream has partitions 0 to ${String(partitions - 1)}.`);
  }
}

/** The stream is not public, and the event is not encrypted. */
export class EventNotEncryptedError extends TributaryError {
  readonly code = 'event-not-encrypted';
  readonly title = 'The event is not encrypted';

  constructor() {
    super('Only a stream that everyone may read takes plain events. Encrypt the content under the key of its slot.');
  }
}

/** Slot and timestamp of the event do not belong together. */
export class EventSlotError extends TributaryError {
  readonly code = 'event-slot-invalid';
  readonly title = 'The slot of the event does not contain its timestamp';

  constructor(slot: number, expected: number) {
    super(`The event names slot ${String(slot)}, but its timestamp and encryption ask for slot ${String(expected)}.`);
  }
}

/** The event is encrypted under an era that others have replaced. */
export class EraEndedError extends TributaryError {
  readonly code = 'era-ended';
  readonly title = 'The era of the event has ended';
  override readonly status = 409;

  constructor(era: number, current: number) {
    super(
      `Era ${String(era)} of the stream has ended before the slot of the event: era ${String(current)} took its place. ` +
        'Whom that one cut off could read this event. Fetch the keys of the new era and publish it under them.'
    );
  }
}

/** The origin may not publish on the stream. */
export class WritePermissionMissingError extends TributaryError {
  readonly code = 'write-permission-missing';
  readonly title = 'The origin may not publish on this stream';
  override readonly status = 403;

  constructor(origin: string, stream: string) {
    super(`${origin} does not hold the Write permission on stream ${stream}. Ask the stream's owner for it.`);
  }
}

/** The account may not change the stream. */
export class EditPermissionMissingError extends TributaryError {
  readonly code = 'edit-permission-missing';
  readonly title = 'The account may not change this stream';
  override readonly status = 403;

  constructor(account: string, stream: string) {
    super(`${account} does not hold the Edit permission on stream ${stream}. Ask the stream's owner for it.`);
  }
}

/** The signature is not the origin's over this event. */
export class EventSignatureError extends TributaryError {
  readonly code = 'event-signature-invalid';
  readonly title = 'The signature of the event is not valid';

  constructor(signatureType: string, origin: string) {
    super(
      `The ${signatureType.slice(0, 40)} signature does not prove that ${origin.slice(0, 140)} published this event.`
    );
  }
}

/** Another event has the same stream, partition, origin, timestamp and sequence. */
export class EventConflictError extends TributaryError {
  readonly code = 'event-conflict';
  readonly title = 'Another event has this place already';
  override readonly status = 409;

  constructor() {
    super(
      'The origin already published a different event with this timestamp and sequence on this partition. ' +
        'Count the sequence up.'
    );
  }
}

/** More events wait to be stored than the broker can hold. */
export class BrokerBusyError extends TributaryError {
  readonly code = 'broker-busy';
  readonly title = 'The broker has too much to do';
  override readonly status = 503;

  constructor() {
    super('More events arrive than can be stored. Send these again in a moment.');
  }

  override toProblem() {
    return { ...super.toProblem(), retryAfter: 1 };
  }
}

/** The address or the publisher sends more than the broker takes over HTTP. */
export class RateLimitedError extends TributaryError {
  readonly code = 'rate-limited';
  readonly title = 'Too much at once';
  override readonly status = 429;
  private readonly retryAfter: number;

  /**
   * @param subject Whose limit it is: "address" or "publisher".
   * @param retryAfter Seconds.
   */
  constructor(subject: string, retryAfter: number) {
    super(
      `Your ${subject} sent more than the broker takes over HTTP. Try again in ${String(retryAfter)} s, put more events ` +
        'into one request, or publish over a WebSocket.'
    );
    this.retryAfter = retryAfter;
  }

  override toProblem() {
    return { ...super.toProblem(), retryAfter: this.retryAfter };
  }
}

/** The address has as many connections as the broker keeps open for one, or the broker has no room. */
export class TooManyConnectionsError extends TributaryError {
  readonly code = 'too-many-connections';
  readonly title = 'Too many connections';
  override readonly status = 429;

  constructor() {
    super('Close some connections; one can carry many subscriptions.');
  }

  override toProblem() {
    return { ...super.toProblem(), retryAfter: 10 };
  }
}

/** Events wait for a client that does not take them. */
export class ReaderTooSlowError extends TributaryError {
  readonly code = 'reader-too-slow';
  readonly title = 'The connection reads too slowly';
  override readonly status = 408;

  constructor() {
    super('Too many events wait for this connection. Come back with the id of the last event that you got.');
  }
}

/** A request or frame holds more events than the broker takes at once. */
export class TooManyEventsError extends TributaryError {
  readonly code = 'too-many-events';
  readonly title = 'Too many events at once';
  override readonly status = 413;

  constructor(limit: number) {
    super(`At most ${String(limit)} events fit into one request. Send several.`);
  }
}

/** A WebSocket message is no message of the protocol. */
export class MessageInvalidError extends TributaryError {
  readonly code = 'message-invalid';
  readonly title = 'The message is not valid';
}

/** Retention removed what the question is about. */
export class HistoryRemovedError extends TributaryError {
  readonly code = 'history-removed';
  readonly title = 'The history was removed';
  override readonly status = 410;

  constructor(stream: string) {
    super(
      `Events of stream ${stream} that would have to be counted were removed by its retention. Ask for a later time, ` +
        'and keep streams for longer than it takes to ask.'
    );
  }
}

/** The account could not be authenticated. */
export class AuthenticationError extends TributaryError {
  readonly code = 'authentication-failed';
  readonly title = 'The account could not be authenticated';
  override readonly status = 401;
}

/** The token of a session is wrong, or the session has ended. */
export class SessionInvalidError extends TributaryError {
  readonly code = 'session-invalid';
  readonly title = 'The session is not valid';
  override readonly status = 401;
}

/** Only a known account may ask for this, and nobody signed in. */
export class SessionMissingError extends TributaryError {
  readonly code = 'session-missing';
  readonly title = 'Nobody signed in';
  override readonly status = 401;

  constructor() {
    super(
      'Sign in: GET /v1/session gives a challenge, POST /v1/session takes the signature and gives a token; send it as ' +
        'Authorization: Bearer <token>.'
    );
  }
}

/** The stream is not public, and nobody signed in. */
export class ReaderUnknownError extends TributaryError {
  readonly code = 'reader-unknown';
  readonly title = 'The stream is not public';
  override readonly status = 401;

  constructor(stream: string) {
    super(
      `Events of stream ${stream} go only to those who may read it. Sign in with the account that holds a licence, the ` +
        'Read or the Write permission, or owns the stream.'
    );
  }
}

/** The account may not read the stream, as far as the newest block says. */
export class ReadPermissionMissingError extends TributaryError {
  readonly code = 'read-permission-missing';
  readonly title = 'The account may not read this stream';
  override readonly status = 403;

  constructor(account: string, stream: string) {
    super(
      `${account} holds no running licence for stream ${stream} and no permission on it. Buy a licence, or ask the ` +
        'owner; what was bought a moment ago counts from the next block.'
    );
  }

  override toProblem() {
    return { ...super.toProblem(), retryAfter: 1 };
  }
}

/** The account could read the stream, and may not any more. */
export class ReadPermissionEndedError extends TributaryError {
  readonly code = 'read-permission-ended';
  readonly title = 'The right to read this stream has ended';
  override readonly status = 403;

  constructor(stream: string) {
    super(`The licence or permission for stream ${stream} has ended. Renew it, or ask the owner, to read on.`);
  }
}

/** The socket asks for a subscription that it cannot have. */
export class SubscriptionRefusedError extends TributaryError {
  readonly code = 'subscription-refused';
  readonly title = 'The subscription is not possible';
  override readonly status = 409;
}
