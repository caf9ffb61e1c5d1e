import type { StreamEvent } from '../protocol/event.ts';
import { encodeEvent } from '../protocol/event-encoding.ts';
import { encodePublishFrame } from '../protocol/frame.ts';
import type { ContentCodec } from '../protocol/content-codec.ts';
import type { KeyPair } from '../protocol/hpke.ts';
import type { ServerMessage } from '../protocol/messages.ts';
import type { Address } from '../protocol/primitives.ts';
import type { EventSigner } from '../protocol/signature.ts';
import { connectBroker } from './broker-connection.ts';
import type { ConnectionState } from './broker-connection.ts';
import type { Market } from './connect-market.ts';
import type { EventContent } from './event-writer.ts';
import { createFollowingWriter } from './following-writer.ts';
import { MarketRefusedError } from './market-errors.ts';
import { PublisherClosedError, PublisherFullError } from './publish-errors.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface CreatePublisherParameters {
  readonly market: Market;
  readonly stream: Address;
  /** Of events without a partition key: 0 unless said otherwise. */
  readonly partition?: number;
  /** Signs the events; its account holds the stream's Write permission. */
  readonly signer: EventSigner;
  /** Keys of the stream; not needed where everyone may read. */
  readonly keys?: StreamKeys;
  /**
   * Instead of keys, where the seller's own issuer makes them (npm run issue): the key pair that the signer's account
   * registered on the stream. The keys of new eras are taken over as they come.
   */
  readonly keyPair?: KeyPair;
  /** Schema that the events follow; what does not fit is refused with EventSchemaMismatchError and never sent. */
  readonly codec?: ContentCodec;
  readonly onState?: (state: ConnectionState) => void;
}

/** An event that the broker has stored. */
export interface PublishedEvent {
  /** Within the event's partition. */
  readonly offset: number;
  readonly event: StreamEvent;
}

export interface Publisher {
  /**
   * Signs, encrypts and sends an event. Where the era of its keys has ended meanwhile, it is made again with the keys of
   * the one in its place, once they have come, and with a later timestamp; the content must stay as it is until then.
   *
   * @returns When the broker has stored it, however many interruptions that takes.
   * @throws {@link MarketRefusedError} when the broker refuses the event, {@link PublisherFullError},
   * {@link PublisherClosedError}; PublisherKeysMissingError.
   */
  publish(content: EventContent): Promise<PublishedEvent>;
  /**
   * The same for several events under one signature (a Merkle root), which wallets are asked for once and brokers check
   * once; each event can still be verified alone.
   *
   * @returns When the broker has stored all of them, in the order given. Where it refuses one, the others are stored.
   * @throws as publish; nothing is sent where the events cannot be made.
   */
  publishAll(contents: readonly EventContent[]): Promise<readonly PublishedEvent[]>;
  /** Encrypts with other keys from a slot on, such as those of a new era: see startEra. */
  changeKeys(keys: StreamKeys, fromSlot: number): void;
  readonly state: () => ConnectionState;
  /** Events that are not acknowledged yet. */
  readonly waiting: () => number;
  /** Waits until everything is stored, at most the given milliseconds (5,000 unless said otherwise), and ends. */
  close(timeout?: number): Promise<void>;
}
export type CreatePublisherReturnType = Publisher;

/** Milliseconds for which events are collected into one frame. */
const batchDelay = 4;
const batchEvents = 256;
const batchBytes = 1024 * 1024;
/** Events, and their bytes, that may wait for the broker. */
const waitingLimit = 20_000;
const waitingBytes = 64 * 1024 * 1024;
/** Milliseconds within which the broker must acknowledge a frame. */
const acknowledgeTimeout = 15_000;
/** Longest time, milliseconds, for which a broker that asks to wait is believed. */
const longestWait = 30_000;

/** Type of the refusal of an event whose era has ended. */
const eraEnded = '/problems/era-ended';
/** Times that an event is made again under other keys. */
const mostRemade = 3;

interface Waiting {
  readonly content: EventContent;
  readonly remade: number;
  readonly event: StreamEvent;
  readonly bytes: Uint8Array;
  readonly resolve: (published: PublishedEvent) => void;
  readonly reject: (error: unknown) => void;
}

/** An event on its way, before anybody waits for it. */
type Made = Omit<Waiting, 'resolve' | 'reject'>;

/**
 * Opens a publisher on a stream. Events are sent in batches over one WebSocket; what was not
 * acknowledged when the connection broke is sent again as it was, byte for byte, so that the broker recognises it and
 * stores nothing twice.
 *
 * @throws as {@link readStream}; {@link WebSocketMissingError}; with a key pair as {@link followStreamKeys}.
 *
 * @example
 * const publisher = await createPublisher({ market, stream, signer: privateKeySigner(privateKey), keys });
 * const { offset } = await publisher.publish({ json: { line: 7, latitude: 60.17, longitude: 24.94 } });
 */
export async function createPublisher(parameters: CreatePublisherParameters): Promise<CreatePublisherReturnType> {
  const { market, onState } = parameters;
  const writer = await createFollowingWriter(parameters);
  let queued: Waiting[] = [];
  const remaking = new Set<Waiting>();
  const sent = new Map<
    number,
    { readonly events: readonly Waiting[]; readonly timer: ReturnType<typeof setTimeout> }
  >();
  let size = 0;
  let count = 0;
  let frame = 0;
  let closing = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onIdle: (() => void) | undefined;
  /** Runs while the broker has asked to wait: nothing is sent before its end. */
  let holding: ReturnType<typeof setTimeout> | undefined;

  const settle = ({ bytes }: Waiting) => {
    count -= 1;
    size -= bytes.length;
    if (count === 0) onIdle?.();
  };

  const fail = (waiting: Waiting, error: unknown) => {
    settle(waiting);
    waiting.reject(error);
  };

  /**
   * Makes events again that came under an era which had ended: with the keys of the one in its place, and at the time
   * that it is now. Where there are no such keys, they were refused.
   */
  const remake = async (ended: readonly Waiting[], refusal: MarketRefusedError) => {
    for (const waiting of ended) remaking.add(waiting);
    const outcomes = await writer
      .reload()
      .then(() => writer.writeAll(ended.map(({ content }) => content)))
      .catch((error: unknown) => error);
    for (const [place, waiting] of ended.entries()) {
      // The publisher was closed meanwhile.
      if (!remaking.delete(waiting)) continue;
      const event = Array.isArray(outcomes) ? (outcomes as readonly StreamEvent[])[place] : undefined;
      if (event === undefined) fail(waiting, outcomes);
      else if (event.era === waiting.event.era) fail(waiting, refusal);
      else {
        const bytes = encodeEvent(event);
        size += bytes.length - waiting.bytes.length;
        queued.push({ ...waiting, event, bytes, remade: waiting.remade + 1 });
      }
    }
    schedule(0);
  };

  const flush = () => {
    timer = undefined;
    while (queued.length > 0 && connection.state() === 'open' && holding === undefined) {
      const events = takeBatch();
      const id = frame;
      frame = (frame + 1) % 2 ** 32;
      const overdue = setTimeout(() => {
        connection.reconnect();
      }, acknowledgeTimeout);
      sent.set(id, { events, timer: overdue });
      connection.send(
        encodePublishFrame(
          id,
          events.map(({ bytes }) => bytes)
        )
      );
    }
  };

  const takeBatch = (): readonly Waiting[] => {
    let length = 0;
    let end = 0;
    for (const { bytes } of queued) {
      if (end >= batchEvents || (end > 0 && length + bytes.length > batchBytes)) break;
      length += bytes.length;
      end += 1;
    }
    const events = queued.slice(0, end);
    queued = queued.slice(end);
    return events;
  };

  const schedule = (delay: number) => {
    timer ??= setTimeout(flush, delay);
  };

  /** Puts everything unacknowledged back to the front, in the order in which it was first sent. */
  const recall = () => {
    const unacknowledged = [...sent.values()];
    sent.clear();
    for (const { timer: overdue } of unacknowledged) clearTimeout(overdue);
    queued = [...unacknowledged.flatMap(({ events }) => events), ...queued];
  };

  const acknowledge = (message: Extract<ServerMessage, { type: 'acknowledged' }>) => {
    const batch = sent.get(message.id);
    if (batch === undefined) return;
    clearTimeout(batch.timer);
    const again: Waiting[] = [];
    const ended: Waiting[] = [];
    let refusal: MarketRefusedError | undefined;
    let delay = 0;
    for (const [index, event] of batch.events.entries()) {
      const result = message.results[index];
      if (result === undefined) again.push(event);
      else if ('offset' in result) {
        settle(event);
        event.resolve({ offset: result.offset, event: event.event });
      } else if (result.problem.status === 503) {
        // The broker asks to wait; the event itself is good.
        again.push(event);
        delay = Math.max(delay, (result.problem.retryAfter ?? 1) * 1000);
      } else if (result.problem.type === eraEnded && event.remade < mostRemade) {
        ended.push(event);
        refusal = new MarketRefusedError(result.problem);
      } else fail(event, new MarketRefusedError(result.problem));
    }
    if (refusal !== undefined) void remake(ended, refusal);
    if (again.length === 0) {
      sent.delete(message.id);
      return;
    }
    // It keeps its place among those that were sent, until all of them come again in their order.
    sent.set(message.id, { events: again, timer: batch.timer });
    holding ??= setTimeout(
      () => {
        holding = undefined;
        if (sent.size > 0) connection.reconnect();
        else flush();
      },
      Math.min(delay, longestWait)
    );
  };

  const connection = connectBroker({
    market,
    onOpen: () => {
      recall();
      flush();
    },
    onMessage: (message) => {
      if (message.type === 'acknowledged') acknowledge(message);
      // A refused frame, as when this program is too fast: try it again on a fresh connection.
      else if (message.type === 'problem' && message.id !== undefined && sent.has(message.id)) refuse(message);
    },
    onFrame: () => undefined,
    onState: (state) => {
      if (state === 'reconnecting') recall();
      onState?.(state);
    }
  });

  const refuse = ({ id = 0, problem }: Extract<ServerMessage, { type: 'problem' }>) => {
    const batch = sent.get(id);
    if (batch === undefined) return;
    if (problem.status === 503 || problem.status === 429) {
      connection.reconnect();
      return;
    }
    sent.delete(id);
    clearTimeout(batch.timer);
    for (const waiting of batch.events) fail(waiting, new MarketRefusedError(problem));
  };

  /** Makes events, which count as waiting from now on. */
  const make = async (
    contents: readonly EventContent[],
    write: () => Promise<readonly StreamEvent[]>
  ): Promise<readonly Made[]> => {
    if (closing) throw new PublisherClosedError();
    if (count + contents.length > waitingLimit || size >= waitingBytes) throw new PublisherFullError(count);
    count += contents.length;
    try {
      const events = await write();
      const made = contents.flatMap((content, place) => {
        const event = events[place];
        return event === undefined ? [] : [{ content, remade: 0, event, bytes: encodeEvent(event) }];
      });
      for (const { bytes } of made) size += bytes.length;
      return made;
    } catch (error) {
      count -= contents.length;
      throw error;
    }
  };

  const send = (made: Made) =>
    new Promise<PublishedEvent>((resolve, reject) => {
      queued.push({ ...made, resolve, reject });
      if (queued.length >= batchEvents) flush();
      else schedule(batchDelay);
    });

  return {
    state: connection.state,
    waiting: () => count,
    changeKeys: writer.changeKeys,
    publish: async (content) => {
      const [made] = await make([content], async () => [await writer.write(content)]);
      if (made === undefined) throw new PublisherClosedError();
      return send(made);
    },
    publishAll: async (contents) => {
      const made = await make(contents, () => writer.writeAll(contents));
      return Promise.all(made.map(send));
    },
    close: async (timeout = 5_000) => {
      if (closing) return;
      closing = true;
      if (count > 0) {
        await new Promise<void>((resolve) => {
          const patience = setTimeout(resolve, timeout);
          onIdle = () => {
            clearTimeout(patience);
            resolve();
          };
        });
      }
      clearTimeout(timer);
      clearTimeout(holding);
      writer.close();
      connection.close();
      recall();
      const lost = [...remaking, ...queued];
      queued = [];
      remaking.clear();
      for (const waiting of lost) fail(waiting, new PublisherClosedError());
    }
  };
}
