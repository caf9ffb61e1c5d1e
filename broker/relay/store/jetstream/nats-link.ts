import { readFileSync } from 'node:fs';
import { jetstream, JetStreamApiError, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { Logger } from 'pino';
import { TributaryError } from '#sdk/protocol/problem';
import { JetStreamUnavailableError, NatsConfigurationError } from './errors.ts';
import { largestMessage } from './packed-events.ts';

/** Milliseconds after which a request to the server has failed. */
export const requestTimeout = 4_000;
/** Milliseconds for which a request waits for a connection that just broke. */
const blip = 1_000;

export interface Link {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

/** The one connection of a broker to NATS, made anew by itself whenever it breaks. */
export class NatsLink {
  private readonly options: NodeConnectionOptions;
  private readonly logger: Logger;
  private readonly onReconnect = new Set<() => void>();
  /** Ends requests whose answer was lost with the connection. */
  private readonly underWay = new Set<(error: Error) => void>();
  private link: Link | undefined;
  private connecting: Promise<Link> | undefined;
  private connected = false;
  private stopped = false;

  /**
   * @param url nats://[user:password@]host:port or tls://..., several with commas between them.
   * @param credentialsFile File of NATS (.creds) with a token and a key, instead of user and password.
   * @throws {@link NatsConfigurationError}
   */
  constructor(url: string, credentialsFile: string | undefined, logger: Logger) {
    this.options = connectionOptions(url, credentialsFile);
    this.logger = logger;
  }

  /**
   * The connection, made now if there is none.
   *
   * @throws {@link JetStreamUnavailableError}
   */
  async open(): Promise<Link> {
    if (this.link === undefined) {
      this.connecting ??= this.connect().finally(() => (this.connecting = undefined));
      return this.connecting;
    }
    for (let waited = 0; !this.connected; waited += 50) {
      if (waited >= blip || this.stopped) throw new JetStreamUnavailableError('NATS is away. Try again in a moment.');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this.link;
  }

  /** Calls after every reconnection: what was sent meanwhile was missed. @returns Ends it. */
  reconnected(listener: () => void): () => void {
    this.onReconnect.add(listener);
    return () => void this.onReconnect.delete(listener);
  }

  /**
   * Waits for an answer for no longer than the connection lives and {@link requestTimeout}: the client itself would wait
   * for an answer that was lost.
   *
   * @throws {@link JetStreamUnavailableError}, and whatever the answer is rejected with.
   */
  answer<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => finish(() => reject(error));
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        this.underWay.delete(fail);
        settle();
      };
      const timer = setTimeout(
        () => fail(new JetStreamUnavailableError('NATS does not answer. Try again in a moment.')),
        requestTimeout
      );
      this.underWay.add(fail);
      answer.then(
        (value) => finish(() => resolve(value)),
        (error: unknown) => fail(error instanceof Error ? error : new JetStreamUnavailableError(String(error)))
      );
    });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.connecting?.catch(() => undefined);
    await this.link?.connection.close();
  }

  private async connect(): Promise<Link> {
    try {
      const connection = await connect(this.options);
      if (this.stopped) {
        await connection.close();
        throw new JetStreamUnavailableError('The broker is ending.');
      }
      const { max_payload: largest = 0 } = connection.info ?? {};
      if (largest < largestMessage) {
        await connection.close();
        throw new NatsConfigurationError(
          `The NATS server takes messages up to ${String(largest)} bytes. Set its max_payload to 1MB or more.`
        );
      }
      const link = {
        connection,
        client: jetstream(connection, { timeout: requestTimeout }),
        manager: await jetstreamManager(connection, { timeout: requestTimeout, checkAPI: false })
      };
      this.link = link;
      this.connected = true;
      void this.watch(connection);
      return link;
    } catch (error) {
      throw awayError(error);
    }
  }

  private async watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'close') {
        if (this.connected && !this.stopped) this.logger.warn('the connection to NATS broke; connecting again');
        this.connected = false;
        for (const fail of this.underWay) fail(new JetStreamUnavailableError('The connection to NATS broke.'));
      } else if (status.type === 'reconnect') {
        this.connected = true;
        this.logger.info({ server: status.server }, 'connected to NATS again');
        for (const listener of this.onReconnect) listener();
      } else if (status.type === 'error') {
        this.logger.warn({ reason: status.error.message }, 'NATS reports a fault');
      }
    }
  }
}

/** What a failed request means to the caller: an error of status 503, whatever went wrong on the way. */
export function awayError(error: unknown): TributaryError {
  if (error instanceof TributaryError) return error;
  const reason = error instanceof Error ? error.message || error.name : String(error);
  return new JetStreamUnavailableError(`JetStream does not answer as it should: ${reason}. Try again in a moment.`, {
    cause: error
  });
}

/** Code of the error with which JetStream itself answered; null if it did not answer. */
export function answeredCode(error: unknown): number | null {
  return error instanceof JetStreamApiError ? error.code : null;
}

function connectionOptions(url: string, credentialsFile: string | undefined): NodeConnectionOptions {
  const addresses = url.split(',').map((address) => new URL(address.trim()));
  const [first] = addresses;
  const options: NodeConnectionOptions = {
    servers: addresses.map((address) => address.host),
    name: 'tributary-broker',
    timeout: requestTimeout,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    pingInterval: 5_000,
    maxPingOut: 2,
    // Whoever was let in once may be let in again: accounts are changed while brokers run.
    ignoreAuthErrorAbort: true
  };
  if (addresses.some((address) => address.protocol === 'tls:')) options.tls = {};
  if (credentialsFile !== undefined) {
    try {
      options.authenticator = credsAuthenticator(readFileSync(credentialsFile));
    } catch (cause) {
      throw new NatsConfigurationError('NATS_CREDENTIALS_FILE cannot be read. Set it to a .creds file of NATS.', {
        cause
      });
    }
  } else if (first !== undefined && first.username !== '') {
    const name = decodeURIComponent(first.username);
    if (first.password === '') options.token = name;
    else Object.assign(options, { user: name, pass: decodeURIComponent(first.password) });
  }
  return options;
}
