import type { StoredEvent } from '../protocol/event.ts';
import { EraChangeMalformedError } from '../protocol/era-change.ts';
import { eraChangeFromJson } from '../protocol/era-change-encoding.ts';
import { decodeEventFrame } from '../protocol/frame.ts';
import type { ServerMessage, Start } from '../protocol/messages.ts';
import type { Address } from '../protocol/primitives.ts';
import { TributaryError } from '../protocol/problem.ts';
import { connectBroker } from './broker-connection.ts';
import type { BrokerConnection } from './broker-connection.ts';
import type { Market } from './connect-market.ts';
import { createDeliveryQueue } from './delivery-queue.ts';
import { createEventReader } from './event-reader.ts';
import type { EventReader, KeyState, Reader, ReceivedEvent } from './event-reader.ts';
import { MarketRefusedError } from './market-errors.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface SubscribeParameters {
  readonly market: Market;
  readonly stream: Address;
  /** 0 unless said otherwise. */
  readonly partition?: number;
  /** Where to begin: at an offset, at a time (Unix milliseconds), with the last n events; absent: with the next event. */
  readonly from?: Start;
  /** Who reads; its grants are collected and opened. Without one, encrypted events stay locked. */
  readonly reader?: Reader;
  /** Keys that are at hand already. */
  readonly keys?: readonly StreamKeys[];
  /** Events that may wait to be taken; above it the subscription pauses. 10,000 unless said otherwise. */
  readonly buffer?: number;
  /** Called whenever the state changes. */
  readonly onState?: (state: SubscriptionState) => void;
}

export interface SubscriptionState {
  /** Whether events arrive: history first, then live; again after an interruption. */
  readonly connection: 'connecting' | 'catching-up' | 'live' | 'reconnecting' | 'closed';
  /** Whether what is published now can be read. */
  readonly keys: KeyState;
  /** Offset after the newest event that was delivered; undefined before the broker answered. */
  readonly next: number | undefined;
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

/** Locked events kept for the time when their key comes, and their bytes. */
const lockedLimit = 1_000;
const lockedBytes = 8 * 1024 * 1024;

/**
 * Subscribes to one partition of a stream: verifies every event, decrypts those whose keys are held, collects the
 * reader's grants as they arrive and then delivers again what was locked. Survives interruptions.
 *
 * @throws as {@link readStream}; {@link WebSocketMissingError}. The iteration throws {@link MarketRefusedError} when
 * the broker refuses the subscription.
 *
 * @example
 * const subscription = await subscribe({ market, stream, reader: { licensee, keyPair }, from: { last: 20 } });
 * for await (const { content, verified } of subscription) {
 *   if (verified && content !== undefined) console.log(new TextDecoder().decode(content));
 * }
 */
export async function subscribe(parameters: SubscribeParameters): Promise<SubscribeReturnType> {
  const { market, stream, partition = 0, reader, keys = [] } = parameters;
  const eventReader = await createEventReader({ market, stream, partition, reader, keys });
  return openSubscription(parameters, eventReader);
}

function openSubscription(parameters: SubscribeParameters, eventReader: EventReader): Subscription {
  const { market, stream, partition = 0, from, reader, buffer = 10_000, onState } = parameters;
  let connectionState: SubscriptionState['connection'] = 'connecting';
  /** Offset that must come next; undefined until the first event, or the broker's answer to a start with the next one. */
  let next: number | undefined = from !== undefined && 'offset' in from ? from.offset : undefined;
  let request = 0;
  /** The request that the broker has answered; what arrives before that is left over from an earlier one. */
  let answered = 0;
  /** Older events than this may be gone from the broker's log: the one gap that is none of ours. */
  let first = true;
  let paused = false;
  let reported = '';
  let locked: ReceivedEvent[] = [];
  let lockedSize = 0;
  /** Frames and grants are worked through one after the other: verifying takes time and order matters. */
  let work = Promise.resolve();

  const state = (): SubscriptionState => ({
    connection: connectionState,
    keys: eventReader.keyState(market.clock()),
    next,
    waiting: locked.length
  });
  const report = () => {
    const present = state();
    const text = `${present.connection} ${present.keys} ${String(present.next)} ${String(present.waiting)}`;
    if (text === reported) return;
    reported = text;
    onState?.(present);
  };
  const enter = (entered: SubscriptionState['connection']) => {
    if (connectionState !== 'closed') connectionState = entered;
    report();
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
    request += 1;
    const start: Start | undefined = next === undefined ? from : { offset: next };
    connection.send({
      type: 'subscribe',
      id: request,
      stream,
      partition,
      ...(start === undefined ? {} : { from: start }),
      ...(reader === undefined ? {} : { licensee: reader.licensee })
    });
  };

  const keepLocked = (received: ReceivedEvent) => {
    locked.push(received);
    lockedSize += received.event.content.length;
    while (locked.length > lockedLimit || lockedSize > lockedBytes) {
      lockedSize -= locked.shift()?.event.content.length ?? 0;
    }
  };

  const takeFrame = async (records: readonly StoredEvent[]) => {
    for (const stored of records) {
      if (paused || connectionState === 'closed') return;
      // Sent twice around an interruption.
      if (next !== undefined && stored.offset < next) continue;
      if (next !== undefined && stored.offset > next && !first) {
        connection.reconnect();
        return;
      }
      const received = await eventReader.read(stored);
      next = stored.offset + 1;
      first = false;
      if (reader !== undefined && isWaiting(received)) keepLocked(received);
      if (!queue.push({ ...received, again: false })) {
        paused = true;
        connection.send({ type: 'unsubscribe', id: request });
      }
    }
    report();
  };

  /** Takes keys; what was locked for lack of them is read again. */
  const takeKeys = async (add: () => Promise<boolean>) => {
    if (!(await add())) return;
    const before = locked;
    locked = [];
    lockedSize = 0;
    for (const earlier of before) {
      const received = await eventReader.read({ offset: earlier.offset, event: earlier.event });
      if (isWaiting(received)) keepLocked(received);
      if (received.locked !== earlier.locked) queue.push({ ...received, again: true });
    }
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
      else {
        queue.fail(error);
        close();
      }
    });
  };

  const receive = (message: ServerMessage) => {
    if (message.type === 'grant') {
      enqueue(() => takeKeys(() => eventReader.addGrant(message.grant)));
    } else if (message.type === 'era-change') {
      enqueue(() => takeEraChange(message));
    } else if (message.type === 'subscribed' && message.id === request) {
      answered = request;
      first = true;
      // A log that is shorter than it was has begun anew.
      if (from === undefined || (next !== undefined && message.next < next))
        next = Math.min(next ?? message.next, message.next);
      enter('catching-up');
    } else if (message.type === 'live' && message.id === request) {
      enter('live');
    } else if (message.type === 'problem' && message.id === request) {
      if (message.problem.status >= 500) connection.reconnect();
      else {
        queue.fail(new MarketRefusedError(message.problem));
        close();
      }
    }
  };

  const connection: BrokerConnection = connectBroker({
    market,
    onOpen: () => {
      paused = false;
      askForEvents();
    },
    onMessage: receive,
    onFrame: (bytes) => {
      if (answered === request) enqueue(() => takeFrame(decodeEventFrame(bytes)));
    },
    onState: (entered) => {
      if (entered === 'reconnecting') enter('reconnecting');
    }
  });

  // The licence ends by time alone: nothing arrives that would say so.
  const watch = setInterval(report, 1_000);

  const close = () => {
    if (connectionState === 'closed') return;
    enter('closed');
    clearInterval(watch);
    connection.close();
    queue.end();
  };

  return { state, close, [Symbol.asyncIterator]: () => queue.iterator() };
}

/** Grants come in any order and licences are renewed: a key may come for any event that is locked for lack of one. */
const isWaiting = ({ locked }: ReceivedEvent) =>
  locked === 'waiting-for-key' || locked === 'license-ended' || locked === 'before-license';

/** Trouble that passes: the chain or the broker does not answer just now. */
const isTransient = (error: unknown) => error instanceof TributaryError && error.status >= 500;
