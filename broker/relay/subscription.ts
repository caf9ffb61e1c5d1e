import { encodeEventFrame } from '#sdk/protocol/frame';
import type { ClientMessage, ServerMessage, Start } from '#sdk/protocol/messages';
import type { Address } from '#sdk/protocol/primitives';
import type { StreamDirectory } from '../chain/streams.ts';
import type { Distributor } from './distributor.ts';
import { cutIntoFrames, type LiveReader, type PartitionFanOut } from './fan-out.ts';
import { eraChangeToJson } from '#sdk/protocol/era-change-encoding';
import type { EraChangeDesk, EraChangeReader } from './era-changes.ts';
import type { GrantDesk } from './grants.ts';
import { PartitionUnknownError } from './refusals.ts';
import type { EventStore, PartitionPlace } from './store/event-store.ts';

/** Events in one frame of history. */
const historyFrame = 500;

export interface SubscriptionParts {
  readonly streams: StreamDirectory;
  readonly store: EventStore;
  readonly distributor: Distributor;
  readonly grants: GrantDesk;
  readonly eraChanges: EraChangeDesk;
}

/** Where a subscription's messages go. */
export interface Outlet {
  send(message: ServerMessage): void;
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
  private fanOut: PartitionFanOut | undefined;
  private endEraChanges: (() => void) | undefined;
  private endGrants: (() => void) | undefined;
  private ended = false;

  constructor(parts: SubscriptionParts, outlet: Outlet, request: Extract<ClientMessage, { type: 'subscribe' }>) {
    this.parts = parts;
    this.outlet = outlet;
    this.id = request.id;
    this.stream = request.stream;
    this.partition = request.partition;
    this.start = request.from;
    this.licensee = request.licensee;
  }

  /** Runs until the subscription is live or ended. @throws as {@link checkPartition}, DatabaseUnavailableError. */
  async run(): Promise<void> {
    const { parts, outlet, id, stream, partition } = this;
    const place = { stream, partition };
    await checkPartition(parts, place);
    const fanOut = await parts.distributor.fanOut(place);
    this.next = await resolveStart(parts.store, place, this.start, fanOut.head);
    if (this.hasEnded()) return;
    if (this.start === undefined) this.next = fanOut.head;
    outlet.send({ type: 'subscribed', id, stream, partition, next: fanOut.head });
    // A live subscription misses nothing of what is stored from now on, even while its grants are being read.
    if (this.start === undefined) this.goLive(fanOut);
    await this.sendGrants();
    if (this.start === undefined) return;
    while (this.next < fanOut.head && !this.hasEnded()) {
      await outlet.inTurn(async () => {
        if (this.hasEnded()) return;
        const records = await parts.store.page(place, this.next, fanOut.head);
        for (const part of cutIntoFrames(records, historyFrame)) {
          if (this.hasEnded()) return;
          await outlet.sendHistory(encodeEventFrame(part), part.length);
          this.next += part.length;
        }
      });
    }
    // No turn of the event loop lies between the last look at the head and going live.
    if (!this.hasEnded()) this.goLive(fanOut);
  }

  deliver(frame: Uint8Array, events: number): void {
    this.outlet.sendLive(frame, events);
  }

  end(): void {
    this.ended = true;
    this.fanOut?.remove(this);
    this.endGrants?.();
    this.endEraChanges?.();
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
