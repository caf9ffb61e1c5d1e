import { encodeEventFrame } from '#sdk/protocol/frame';
import type { ClientMessage, ServerMessage, Start } from '#sdk/protocol/messages';
import type { Address } from '#sdk/protocol/primitives';
import type { TributaryError } from '#sdk/protocol/problem';
import type { StreamDirectory } from '../chain/streams.ts';
import type { Distributor } from './distributor.ts';
import { cutIntoFrames, type LiveReader, type PartitionFanOut } from './fan-out.ts';
import { eraChangeToJson } from '#sdk/protocol/era-change-encoding';
import type { EraChangeDesk, EraChangeReader } from './era-changes.ts';
import type { GrantDesk } from './grants.ts';
import type { ReadRight, Readers } from './readers.ts';
import { PartitionUnknownError, ReadPermissionEndedError } from './refusals.ts';
import type { SessionHolder } from './sessions.ts';
import type { EventStore, PartitionPlace } from './store/event-store.ts';

/** Events in one frame of history. */
const historyFrame = 500;

export interface SubscriptionParts {
  readonly streams: StreamDirectory;
  readonly store: EventStore;
  readonly distributor: Distributor;
  readonly grants: GrantDesk;
  readonly eraChanges: EraChangeDesk;
  readonly readers: Readers;
}

/** Where a subscription's messages go. */
export interface Outlet {
  send(message: ServerMessage): void;
  /** Ends the subscription with this id and says why: its account has lost the right to read. */
  refuse(id: number, error: TributaryError): void;
  /** Sends live events: never waits; whoever is too slow for it is cut. */
  sendLive(frame: Uint8Array, events: number): void;
  /** Sends history; resolves when the socket has taken it, so that history is read no faster than it is received. */
  sendHistory(frame: Uint8Array, events: number): Promise<void>;
  /**
   * Runs one piece of work with history after the other, whichever subscription it is for: what a connection costs in
   * memory must not grow with its subscriptions.
   */
  inTurn(work: () => Promise<void>): Promise<void>;
}

/**
 * Checks that a partition exists on the chain, or that the log knows it while the chain is down.
 *
 * @throws StreamUnknownError, {@link PartitionUnknownError}, ChainUnavailableError.
 */
export async function checkPartition(parts: SubscriptionParts, place: PartitionPlace): Promise<void> {
  if ((await parts.store.span(place)) !== null) return;
  const { partitions } = await parts.streams.find(place.stream);
  if (place.partition >= partitions) throw new PartitionUnknownError(place.partition, partitions);
}

/**
 * Offset at which a reader begins.
 *
 * @param head Offset after the newest event.
 */
export async function resolveStart(
  store: EventStore,
  place: PartitionPlace,
  start: Start | undefined,
  head: number
): Promise<number> {
  if (start === undefined) return head;
  if ('last' in start) return Math.max(0, head - start.last);
  if ('timestamp' in start) return store.offsetAt(place, start.timestamp);
  return Math.min(start.offset, head);
}

/**
 * First offset that a right to read does not reach.
 *
 * @param until Unix seconds at which the right has ended.
 */
export function offsetOfEnd(store: EventStore, place: PartitionPlace, until: number): Promise<number> {
  return store.offsetAt(place, until * 1000);
}

/** One subscription of one socket: history first, if asked for, then live, without a gap and without a double. */
export class Subscription implements LiveReader {
  readonly id: number;
  readonly stream: Address;
  readonly partition: number;
  next = 0;
  private readonly parts: SubscriptionParts;
  private readonly outlet: Outlet;
  private readonly start: Start | undefined;
  private readonly licensee: Address | undefined;
  private readonly session: SessionHolder | null;
  private endWatch: (() => void) | undefined;
  private fanOut: PartitionFanOut | undefined;
  private endEraChanges: (() => void) | undefined;
  private endGrants: (() => void) | undefined;
  private ended = false;

  /** @param session Who asks; null for somebody who is not known. */
  constructor(
    parts: SubscriptionParts,
    outlet: Outlet,
    request: Extract<ClientMessage, { type: 'subscribe' }>,
    session: SessionHolder | null
  ) {
    this.parts = parts;
    this.outlet = outlet;
    this.id = request.id;
    this.stream = request.stream;
    this.partition = request.partition;
    this.start = request.from;
    this.licensee = request.licensee;
    this.session = session;
  }

  /**
   * Runs until the subscription is live or ended. A right to read that has ended opens what was published before.
   *
   * @throws as {@link checkPartition}; ReaderUnknownError, ReadPermissionMissingError, {@link ReadPermissionEndedError};
   * DatabaseUnavailableError.
   */
  async run(): Promise<void> {
    const { parts, outlet, id, stream, partition } = this;
    const place = { stream, partition };
    await checkPartition(parts, place);
    const right = await this.askRight();
    const fanOut = await parts.distributor.fanOut(place);
    const bound = right.live ? Number.POSITIVE_INFINITY : await offsetOfEnd(parts.store, place, right.until);
    this.next = await resolveStart(parts.store, place, this.start, Math.min(fanOut.head, bound));
    if (this.hasEnded()) return;
    if (this.start === undefined) this.next = fanOut.head;
    outlet.send({ type: 'subscribed', id, stream, partition, next: fanOut.head });
    // A live subscription misses nothing of what is stored from now on, even while its grants are being read.
    if (this.start === undefined) this.goLive(fanOut);
    await this.sendGrants();
    if (this.start === undefined) return;
    while (this.next < Math.min(fanOut.head, bound) && !this.hasEnded()) {
      await outlet.inTurn(async () => {
        if (this.hasEnded()) return;
        const until = Math.min(fanOut.head, bound);
        const records = await parts.store.page(place, this.next, until);
        const first = records[0]?.offset ?? until;
        // Retention has removed what lies before it; the reader shall not take that for a loss.
        if (first > this.next) outlet.send({ type: 'removed', id, from: this.next, first });
        this.next = first;
        for (const part of cutIntoFrames(records, historyFrame)) {
          if (this.hasEnded()) return;
          await outlet.sendHistory(encodeEventFrame(part), part.length);
          this.next += part.length;
        }
      });
    }
    if (this.hasEnded()) return;
    if (!right.live) throw new ReadPermissionEndedError(stream);
    // No turn of the event loop lies between the last look at the head and going live.
    this.goLive(fanOut);
  }

  deliver(frame: Uint8Array, events: number): void {
    this.outlet.sendLive(frame, events);
  }

  end(): void {
    this.ended = true;
    this.fanOut?.remove(this);
    this.endGrants?.();
    this.endEraChanges?.();
    this.endWatch?.();
  }

  /** Asks for the right to read and watches it from then on; with nothing but history to come it cannot be lost. */
  private async askRight(): Promise<ReadRight> {
    const { parts, outlet, id, stream, session, start } = this;
    this.endWatch = parts.readers.watch({ stream, session, lost: (error) => outlet.refuse(id, error) });
    const right = await parts.readers.rightOf(stream, session?.account ?? null);
    if (!right.live || this.hasEnded()) this.endWatch();
    if (!right.live && start === undefined) throw new ReadPermissionEndedError(stream);
    return right;
  }

  private goLive(fanOut: PartitionFanOut): void {
    this.fanOut = fanOut;
    fanOut.add(this);
    this.outlet.send({ type: 'live', id: this.id, next: this.next });
  }

  private async sendGrants(): Promise<void> {
    if (this.licensee === undefined) return;
    const send = (grant: Parameters<Parameters<GrantDesk['subscribe']>[2]>[0]): void => {
      this.outlet.send({ type: 'grant', grant });
    };
    this.endGrants = this.parts.grants.subscribe(this.stream, this.licensee, send);
    for (const grant of await this.parts.grants.find(this.stream, this.licensee)) {
      if (!this.hasEnded()) send(grant);
    }
    const sendChange: EraChangeReader = (change) => {
      this.outlet.send({ type: 'era-change', eraChange: eraChangeToJson(change) });
    };
    this.endEraChanges = this.parts.eraChanges.subscribe(this.stream, sendChange);
    for (const change of await this.parts.eraChanges.find(this.stream)) {
      if (!this.hasEnded()) sendChange(change);
    }
    if (this.hasEnded()) this.endEraChanges();
  }

  /** A function, since the compiler cannot see that awaiting changes it. */
  private hasEnded(): boolean {
    return this.ended;
  }
}
