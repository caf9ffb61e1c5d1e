import { TributaryError } from '#sdk/protocol/problem';

/** JetStream does not answer, so nothing can be stored or read. */
export class JetStreamUnavailableError extends TributaryError {
  readonly code = 'event-store-unavailable';
  readonly title = 'The event log is not available';
  override readonly status = 503;

  override toProblem() {
    return { ...super.toProblem(), retryAfter: 2 };
  }
}

/** What a stream of JetStream holds is not what brokers wrote into it. */
export class JetStreamDamagedError extends TributaryError {
  readonly code = 'event-store-damaged';
  readonly title = 'The event log is damaged';
  override readonly status = 503;

  constructor(stream: string, what: string) {
    super(`The stream ${stream} of JetStream ${what}. Its operator has to restore it from a backup, or delete it.`);
  }
}

/** The way to NATS cannot be used as it is configured. */
export class NatsConfigurationError extends TributaryError {
  readonly code = 'nats-configuration';
  readonly title = 'NATS is not configured';
  override readonly status = 500;
}
