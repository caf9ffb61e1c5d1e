import type { Logger } from 'pino';
import { type RawData, WebSocket } from 'ws';
import { decodePublishFrame, FrameMalformedError } from '#sdk/protocol/frame';
import { type ClientMessage, clientMessageSchema, type ServerMessage } from '#sdk/protocol/messages';
import type { TributaryError } from '#sdk/protocol/problem';
import type { Session, SessionChallenge } from '#sdk/protocol/session';
import { parseRequest, problemOf, RequestInvalidError } from '../http/problem-response.ts';
import type { RelayLimits } from './limits.ts';
import type { RelayMetrics } from './metrics.ts';
import { type Publisher, PublishLane } from './publish.ts';
import { AuthenticationError, MessageInvalidError, SubscriptionRefusedError, TooManyEventsError } from './refusals.ts';
import type { Sessions } from './sessions.ts';
import { type Outlet, Subscription, type SubscriptionParts } from './subscription.ts';

/**
 * Why a socket was closed: codes 4000 to 4999 are an application's own (RFC 6455, 7.4.2); 1013 asks to come back (IANA,
 * WebSocket Close Code Number Registry).
 */
export const closeCodes = { rubbish: 4000, slow: 4001, silent: 4002, goingAway: 1001, tryAgain: 1013 } as const;

/** Milliseconds that a socket gets to take its last messages after it was closed. */
const lastMessages = 5_000;

export interface SessionParts extends SubscriptionParts {
  readonly publisher: Publisher;
  readonly sessions: Sessions;
  readonly clock: () => number;
  readonly limits: RelayLimits;
  readonly metrics: RelayMetrics;
  readonly logger: Logger;
}

/** One WebSocket connection: its messages in order, its subscriptions, and its limits. */
export class SocketSession implements Outlet {
  private readonly socket: WebSocket;
  private readonly parts: SessionParts;
  private readonly challenge: SessionChallenge;
  private readonly subscriptions = new Map<number, Subscription>();
  private session: Session | null = null;
  private work: Promise<void> = Promise.resolve();
  private history: Promise<void> = Promise.resolve();
  private readonly lane = new PublishLane();
  private unacknowledged = 0;
  private messages = 0;
  private rubbish = 0;
  private toldSlow = false;
  private alive = true;
  private bufferedBefore = 0;
  private closing: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, parts: SessionParts, challenge: SessionChallenge) {
    this.socket = socket;
    this.parts = parts;
    this.challenge = challenge;
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('pong', () => {
      this.alive = true;
    });
    socket.on('close', () => this.end());
    // What follows an error is 'close'; too large or ill-formed frames are answered by the library with their code.
    socket.on('error', (error) => parts.logger.debug({ reason: error.message }, 'a socket failed'));
    this.send({ type: 'challenge', ...challenge });
  }

  send(message: ServerMessage): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(message));
    this.watchBuffer();
  }

  refuse(id: number, error: TributaryError): void {
    if (this.endSubscription(id)) this.send({ type: 'problem', id, problem: error.toProblem() });
  }

  sendLive(frame: Uint8Array, events: number): void {
    if (this.socket.readyState !== WebSocket.OPEN || this.closing !== undefined) return;
    this.socket.send(frame);
    this.parts.metrics.delivered.inc(events);
    this.watchBuffer();
  }

  sendHistory(frame: Uint8Array, events: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.readyState !== WebSocket.OPEN) {
        resolve();
        return;
      }
      this.parts.metrics.delivered.inc(events);
      // An error here means that the socket is gone: 'close' ends the subscription.
      this.socket.send(frame, () => resolve());
    });
  }

  inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.history.then(work);
    this.history = done.catch(() => undefined);
    return done;
  }

  /** Called every second: gives the socket its messages of the next one. */
  nextSecond(): void {
    this.messages = 0;
    this.pauseOrResume();
  }

  /** Called between heartbeats: cuts a socket that neither answered the last ping nor took anything. */
  beat(): void {
    const buffered = this.socket.bufferedAmount;
    const progress = this.alive || this.socket.isPaused || buffered < this.bufferedBefore;
    this.bufferedBefore = buffered;
    if (!progress) {
      this.cut(closeCodes.silent, 'no answer to a ping', 'silent');
      return;
    }
    this.alive = false;
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  /** Closes the socket; terminates it if it does not take the close frame in time. */
  cut(code: number, reason: string, label: string): void {
    if (this.closing !== undefined || this.socket.readyState === WebSocket.CLOSED) return;
    this.parts.metrics.cut.inc({ reason: label });
    this.endSubscriptions();
    this.closing = setTimeout(() => this.socket.terminate(), lastMessages);
    this.socket.resume();
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  private end(): void {
    clearTimeout(this.closing);
    this.endSubscriptions();
  }

  private endSubscriptions(): void {
    for (const id of [...this.subscriptions.keys()]) this.endSubscription(id);
  }

  private endSubscription(id: number): boolean {
    const subscription = this.subscriptions.get(id);
    if (subscription === undefined) return false;
    subscription.end();
    this.subscriptions.delete(id);
    this.parts.metrics.subscriptions.dec();
    return true;
  }

  private watchBuffer(): void {
    const { slowAt, cutAt } = this.parts.limits;
    const buffered = this.socket.bufferedAmount;
    if (buffered < slowAt / 2) this.toldSlow = false;
    if (buffered >= cutAt) {
      this.cut(closeCodes.slow, 'the connection reads too slowly', 'slow');
    } else if (buffered >= slowAt && !this.toldSlow) {
      this.toldSlow = true;
      this.send({ type: 'slow', buffered, limit: cutAt });
    }
  }

  private receive(data: RawData, isBinary: boolean): void {
    if (this.closing !== undefined) return;
    this.alive = true;
    const bytes = Buffer.isBuffer(data) ? data : Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
    this.messages += 1;
    this.unacknowledged += bytes.length;
    this.pauseOrResume();
    const release = (): void => {
      this.unacknowledged -= bytes.length;
      this.pauseOrResume();
    };
    // One message after the other, so that events keep the order in which they were sent.
    this.work = this.work.then(async () => {
      try {
        if (isBinary) await this.publish(bytes, release);
        else {
          await this.handleText(bytes);
          release();
        }
      } catch (error) {
        release();
        this.complain(error);
      }
    });
  }

  /** Stops reading from a socket that has sent enough for now: TCP holds its sender back. */
  private pauseOrResume(): void {
    const { unacknowledged, messagesPerSecond } = this.parts.limits;
    const enough = this.unacknowledged > unacknowledged || this.messages >= messagesPerSecond;
    if (enough && this.closing === undefined) this.socket.pause();
    else this.socket.resume();
  }

  private async publish(bytes: Uint8Array, release: () => void): Promise<void> {
    const { id, events } = decodePublishFrame(bytes);
    const most = this.parts.limits.eventsPerFrame;
    if (events.length > most) throw new TooManyEventsError(most);
    const { results } = await this.parts.publisher.publish(events, undefined, this.lane);
    // Not awaited: while these are being stored, the next frame is examined.
    void results.then((answers) => {
      this.send({ type: 'acknowledged', id, results: answers });
      release();
      // Everything from the first event that was not taken on has to come again, in its order.
      if (this.lane.interruption === undefined) return;
      this.cut(closeCodes.tryAgain, 'events could not be stored: send them again in a moment', 'interrupted');
    });
  }

  private async handleText(bytes: Buffer): Promise<void> {
    if (bytes.length > this.parts.limits.text) {
      throw new MessageInvalidError(`A text message has at most ${String(this.parts.limits.text)} bytes.`);
    }
    const message = parseMessage(bytes);
    try {
      await this.handle(message);
    } catch (error) {
      this.send({ type: 'problem', id: message.id, problem: problemOf(error, this.parts.logger) });
    }
  }

  private async handle(message: ClientMessage): Promise<void> {
    switch (message.type) {
      case 'authenticate': {
        const { signature } = message;
        this.enter(await this.parts.sessions.openFor(message.message, signature, this.challenge), message.id);
        return;
      }
      case 'resume': {
        const { token } = message;
        this.enter({ token, ...(await this.parts.sessions.read(token)) }, message.id);
        return;
      }
      case 'subscribe':
        this.subscribe(message);
        return;
      case 'unsubscribe':
        if (!this.endSubscription(message.id)) {
          throw new SubscriptionRefusedError('There is no subscription with this id on this connection.');
        }
        this.send({ type: 'unsubscribed', id: message.id });
    }
  }

  /** A connection speaks for one account; the same one may sign in again to go on for longer. */
  private enter(session: Session, id: number): void {
    if (this.session !== null && this.session.account !== session.account) {
      throw new AuthenticationError('This connection is authenticated already; open another for another account.');
    }
    this.session = session;
    this.send({ type: 'authenticated', id, ...session });
  }

  private subscribe(message: Extract<ClientMessage, { type: 'subscribe' }>): void {
    const { limits, metrics } = this.parts;
    const most = this.session === null ? limits.subscriptionsWithoutSession : limits.subscriptionsPerSocket;
    if (this.subscriptions.size >= most) {
      const hint = this.session === null ? 'Authenticate to have more, or open' : 'Open';
      throw new SubscriptionRefusedError(
        `A connection has at most ${String(most)} subscriptions. ${hint} another connection.`
      );
    }
    if (this.subscriptions.has(message.id)) {
      throw new SubscriptionRefusedError('A subscription with this id is running on this connection. Use another id.');
    }
    for (const { stream, partition } of this.subscriptions.values()) {
      if (stream === message.stream && partition === message.partition) {
        // Events do not name the subscription they are for.
        throw new SubscriptionRefusedError('This connection is subscribed to this partition already.');
      }
    }
    const subscription = new Subscription(this.parts, this, message, this.session);
    this.subscriptions.set(message.id, subscription);
    metrics.subscriptions.inc();
    // History may take long: other messages of the connection do not wait for it.
    subscription.run().catch((error: unknown) => {
      if (this.subscriptions.get(message.id) === subscription) this.endSubscription(message.id);
      this.send({ type: 'problem', id: message.id, problem: problemOf(error, this.parts.logger) });
    });
  }

  private complain(error: unknown): void {
    this.send({ type: 'problem', problem: problemOf(error, this.parts.logger) });
    const isRubbish = error instanceof MessageInvalidError || error instanceof FrameMalformedError;
    if (!isRubbish) return;
    this.rubbish += 1;
    if (this.rubbish >= this.parts.limits.rubbish) {
      this.cut(closeCodes.rubbish, 'too many messages that make no sense', 'rubbish');
    }
  }
}

function parseMessage(bytes: Buffer): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new MessageInvalidError('Send JSON objects as text, and publish frames as binary messages.');
  }
  try {
    return parseRequest(clientMessageSchema, value);
  } catch (error) {
    if (error instanceof RequestInvalidError) throw new MessageInvalidError(error.message);
    throw error;
  }
}
