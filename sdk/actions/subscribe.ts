import { TributaryError } from '../protocol/problem.ts';
import type { StoredEvent } from '../protocol/event.ts';
import { EraChangeMalformedError } from '../protocol/era-change.ts';
import { eraChangeFromJson } from '../protocol/era-change-encoding.ts';
import { decodeEventFrame } from '../protocol/frame.ts';
import type { ServerMessage, Start } from '../protocol/messages.ts';
import type { Address } from '../protocol/primitives.ts';
import { connectBroker } from './broker-connection.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Market } from './connect-market.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { createEventReader } from './event-reader.ts';
import type { EventReader, KeyState, Reader, ReceivedEvent } from './event-reader.ts';
import { sessionOf } from './keep-session.ts';
import type { SessionSource } from './keep-session.ts';
import { createLockedEvents } from './locked-events.ts';
import { MarketRefusedError } from './market-errors.ts';
import { createPartitionPlaces } from './partition-places.ts';
import type { PartitionPlace } from './partition-places.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface SubscribeParameters {
  readonly market: Market;
  readonly stream: Address;
  /** All of them unless said otherwise; order is kept within each. */
  readonly partition?: number | undefined;
  /**
   * Where to begin: at an offset, at a time (Unix milliseconds), with the last n events; absent: with the next event.
   * Positions name the offset of each partition, as {@link SubscriptionState} does; others begin with the next event.
   */
  readonly from?: Start | { readonly positions: ReadonlyMap<number, number> };
  /** Who asks, as authenticate or keepSession give it: needed unless everyone may read. */
  readonly session?: SessionSource | undefined;
  /** Who reads; its grants are collected and opened. Without one, encrypted events stay locked. */
  readonly reader?: Reader;
  /** Keys that are at hand already. */
  readonly keys?: readonly StreamKeys[];
  /** Events that may wait to be taken; above it the subscription pauses. 10,000 unless said otherwise. */
  readonly buffer?: number;
  /**
   * Milliseconds for which it is asked again where the account may not read: a purchase of this moment counts from the
   * next block, and a licence may be renewed. 30,000 unless said otherwise; Infinity to wait for ever.
   */
  readonly waitForAccess?: number;
  /** Called where events that were asked for are no longer kept: what is delivered goes on with offset `first`. */
  readonly onRemoved?: (removed: { readonly partition: number; readonly from: number; readonly first: number }) => void;
  /** Called whenever the state changes. */
  readonly onState?: (state: SubscriptionState) => void;
}

export interface SubscriptionState {
  /**
   * Whether events arrive: history first, then live; again after an interruption. Refused: the account may not read the
   * stream, yet or any more, as far as the newest block says; it is being asked again.
   */
  readonly connection: 'connecting' | 'catching-up' | 'live' | 'reconnecting' | 'refused' | 'closed';
  /** Whether what is published now can be read. */
  readonly keys: KeyState;
  /** Per partition the offset after the newest event that was delivered; absent before the broker answered. */
  readonly positions: ReadonlyMap<number, number>;
  /** Events that wait for a key and will be delivered again when it comes. */
  readonly waiting: number;
}

/** An event, and whether it was delivered before, when it was still locked or locked for another reason. */
export interface DeliveredEvent extends ReceivedEvent {
  readonly again: boolean;
}

/** Delivers events in order, without gaps or doubles, until it is closed: `for await (const received of subscription)`. */
export interface Subscription extends AsyncIterable<DeliveredEvent> {
  readonly state: () => SubscriptionState;
  close(): void;
}
export type SubscribeReturnType = Subscription;

/** Milliseconds between two questions whether the account may read now: growing from the first to the last. */
const firstRefusal = 250;
const lastRefusal = 2_000;

/**
 * Subscribes to a stream: verifies every event, decrypts those whose keys are held, collects the reader's grants as they
 * arrive and then delivers again what was locked. Survives interruptions, and a licence that lapses and is renewed.
 *
 * @throws as {@link readStream}; {@link WebSocketMissingError}. The iteration throws {@link MarketRefusedError} when
 * the broker refuses the subscription, and what the session's source throws.
 *
 * @example
 * const subscription = await subscribe({ market, stream, session, reader: { licensee, keyPair }, from: { last: 20 } });
 * for await (const { content, verified } of subscription) {
 *   if (verified && content !== undefined) console.log(new TextDecoder().decode(content));
 * }
 */
export async function subscribe(parameters: SubscribeParameters): Promise<SubscribeReturnType> {
  const { market, stream, partition, reader, keys = [] } = parameters;
  const eventReader = await createEventReader({ market, stream, partition, reader, keys });
  return openSubscription(parameters, eventReader);
}

function openSubscription(parameters: SubscribeParameters, eventReader: EventReader): Subscription {
  const { market, stream, partition, from, session, reader, buffer = 10_000, onState, onRemoved } = parameters;
  const { waitForAccess = 30_000 } = parameters;
  const wanted = partition === undefined ? Array.from({ length: eventReader.partitions }, (_, at) => at) : [partition];
  const places = createPartitionPlaces(wanted, from);
  const locked = createLockedEvents(eventReader);
  let connectionState: SubscriptionState['connection'] = 'connecting';
  let paused = false;
  let reported = '';
  /** Token that was sent last, and the message it was in. */
  let token: string | undefined;
  let resume = -1;
  /** The token is a new one, after another one was refused: it is not replaced once more. */
  let renewed = false;
  /** Since when the account may not read, by the market's clock; undefined while it may. */
  let refusedSince: number | undefined;
  let waitingForRight = false;
  let refusals = 0;
  let retry: ReturnType<typeof setTimeout> | undefined;
  /** Frames and grants are worked through one after the other: verifying takes time and order matters. */
  let work = Promise.resolve();

  const state = (): SubscriptionState => ({
    connection: connectionState,
    keys: eventReader.keyState(market.clock()),
    positions: places.positions(),
    waiting: locked.count()
  });
  const report = () => {
    const present = state();
    const { connection: connected, keys, positions, waiting } = present;
    const text = JSON.stringify([connected, keys, [...positions], waiting]);
    if (text === reported) return;
    reported = text;
    onState?.(present);
  };
  const enter = (entered: SubscriptionState['connection']) => {
    if (connectionState !== 'closed') connectionState = entered;
    report();
  };
  const fail = (error: unknown) => {
    queue.fail(error);
    close();
  };

  const queue = createDeliveryQueue<DeliveredEvent>({
    limit: buffer,
    onDrained: () => {
      if (!paused) return;
      paused = false;
      askForEvents();
    },
    onEnd: () => {
      close();
    }
  });

  const askForEvents = () => {
    clearTimeout(retry);
    waitingForRight = false;
    for (const place of places.all()) {
      const start = places.ask(place);
      connection.send({
        type: 'subscribe',
        id: place.request,
        stream,
        partition: place.partition,
        ...(start === undefined ? {} : { from: start }),
        // Grants are for the whole stream: one subscription brings them.
        ...(reader === undefined || place !== places.first ? {} : { licensee: reader.licensee })
      });
    }
  };

  /** Signs in on the present connection, where a session is there, and subscribes. */
  const begin = (refused?: string) => {
    const opened = (resume = places.nextId());
    if (session === undefined) {
      askForEvents();
      return;
    }
    sessionOf(session, refused)
      .then((given) => {
        // The connection may have broken meanwhile: the next one begins by itself.
        if (opened !== resume || connectionState === 'closed') return;
        ({ token } = given);
        connection.send({ type: 'resume', id: opened, token });
        askForEvents();
      })
      .catch((error: unknown) => {
        if (isTransient(error)) connection.reconnect();
        else fail(error);
      });
  };

  const takeFrame = async (records: readonly StoredEvent[], place: PartitionPlace) => {
    for (const stored of records) {
      if (paused || connectionState === 'closed') return;
      const fit = places.fit(place, stored.offset);
      if (fit === 'before') continue;
      if (fit === 'gap') {
        connection.reconnect();
        return;
      }
      const received = await eventReader.read(stored);
      places.took(place, stored.offset);
      if (reader !== undefined) locked.keep(received);
      if (!queue.push({ ...received, again: false })) {
        paused = true;
        for (const { request } of places.all()) connection.send({ type: 'unsubscribe', id: request });
      }
    }
    report();
  };

  /** Takes keys; what was locked for lack of them is read again. */
  const takeKeys = async (add: () => Promise<boolean>) => {
    if (!(await add())) return;
    for (const received of await locked.readAgain()) queue.push({ ...received, again: true });
    report();
  };

  const takeEraChange = async (message: Extract<ServerMessage, { type: 'era-change' }>) => {
    try {
      const change = eraChangeFromJson(message.eraChange);
      await takeKeys(() => eventReader.addEraChange(change));
    } catch (error) {
      // Like a forged one it brings nothing, and is no reason to stop reading.
      if (!(error instanceof EraChangeMalformedError)) throw error;
    }
  };

  const enqueue = (task: () => Promise<void>) => {
    work = work.then(task).catch((error: unknown) => {
      if (isTransient(error)) connection.reconnect();
      else fail(error);
    });
  };

  /** The account may not read yet, or not any more: asks again for a while. */
  const waitForRight = (problem: MarketRefusedError['problem']) => {
    if (waitingForRight) return;
    const now = market.clock();
    refusedSince ??= now;
    if (now - refusedSince >= waitForAccess) {
      fail(new MarketRefusedError(problem));
      return;
    }
    // Other partitions may not have been refused yet; none shall go on beside the rest.
    for (const place of places.all()) {
      if (places.leave(place)) connection.send({ type: 'unsubscribe', id: place.request });
    }
    waitingForRight = true;
    enter('refused');
    const delay = Math.min(lastRefusal, firstRefusal * 1.5 ** refusals++);
    clearTimeout(retry);
    retry = setTimeout(askForEvents, delay);
  };

  /** Goes on after what the stream's retention has removed. */
  const skipRemoved = (place: PartitionPlace, { from: began, first }: Extract<ServerMessage, { type: 'removed' }>) => {
    if (place.next === undefined || place.next < first) {
      place.next = first;
      onRemoved?.({ partition: place.partition, from: began, first });
    }
    return Promise.resolve();
  };

  const refuse = (message: Extract<ServerMessage, { type: 'problem' }>) => {
    const { id, problem } = message;
    if (id === undefined || (id !== resume && places.byRequest(id) === undefined)) return;
    if (problem.status === 401 && token !== undefined && !renewed) {
      // It ended, or this broker does not know it; with another one all is asked again.
      const ended = token;
      token = undefined;
      renewed = true;
      places.leaveAll();
      begin(ended);
    } else if (isRefusedReading(problem.type)) waitForRight(problem);
    else if (problem.status >= 500) connection.reconnect();
    else if (problem.status !== 401 || session === undefined || token !== undefined) {
      fail(new MarketRefusedError(problem));
    }
  };

  const receive = (message: ServerMessage) => {
    if (message.type === 'grant') {
      enqueue(() => takeKeys(() => eventReader.addGrant(message.grant)));
    } else if (message.type === 'era-change') {
      enqueue(() => takeEraChange(message));
    } else if (message.type === 'authenticated') {
      if (message.id === resume) renewed = false;
    } else if (message.type === 'subscribed') {
      const place = places.byRequest(message.id);
      if (place === undefined) return;
      places.answered(place, message.next);
      // Until it is live again, what comes may be no more than the rest of what was paid for.
      if (refusedSince === undefined) enter('catching-up');
    } else if (message.type === 'removed') {
      const place = places.byRequest(message.id);
      if (place !== undefined) enqueue(() => skipRemoved(place, message));
    } else if (message.type === 'live') {
      const place = places.byRequest(message.id);
      if (place === undefined) return;
      refusedSince = undefined;
      refusals = 0;
      if (places.live(place)) enter('live');
    } else if (message.type === 'problem') refuse(message);
  };

  const receiveFrame = (bytes: Uint8Array) => {
    let records: readonly StoredEvent[];
    try {
      records = decodeEventFrame(bytes);
    } catch (error) {
      fail(error);
      return;
    }
    // A frame is of one partition.
    const place = records[0] === undefined ? undefined : places.byPartition(records[0].event.partition);
    if (place !== undefined && places.isAnswered(place)) enqueue(() => takeFrame(records, place));
  };

  const connection: BrokerConnection = connectBroker({
    market,
    onOpen: () => {
      paused = false;
      begin();
    },
    onMessage: receive,
    onFrame: receiveFrame,
    onState: (entered) => {
      if (entered === 'reconnecting') {
        clearTimeout(retry);
        places.leaveAll();
        enter('reconnecting');
      }
    }
  });

  // The licence ends by time alone: nothing arrives that would say so.
  const watch = setInterval(report, 1_000);

  const close = () => {
    if (connectionState === 'closed') return;
    enter('closed');
    clearInterval(watch);
    clearTimeout(retry);
    connection.close();
    queue.end();
  };

  return { state, close, [Symbol.asyncIterator]: () => queue.iterator() };
}

/** Refusals that another block may take back. */
const isRefusedReading = (type: string) =>
  type === '/problems/read-permission-missing' || type === '/problems/read-permission-ended';

/** Trouble that passes: the chain or the broker does not answer just now. */
const isTransient = (error: unknown) => error instanceof TributaryError && error.status >= 500;
