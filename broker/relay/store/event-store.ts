import type { Activity } from '#sdk/protocol/activity';
import type { StreamEvent } from '#sdk/protocol/event';
import type { Address } from '#sdk/protocol/primitives';

/** One partition of one stream: the unit of order. */
export interface PartitionPlace {
  readonly stream: Address;
  /** 0 to 1,023. */
  readonly partition: number;
}

/** An accepted event on its way into the log. */
export interface Entry {
  /** Names its stream and partition. */
  readonly event: StreamEvent;
  /** Canonical encoding. */
  readonly bytes: Uint8Array;
}

/** An event in the log. */
export interface LogRecord {
  /** From 0, without gaps, never given twice. */
  readonly offset: number;
  /** Canonical encoding. */
  readonly bytes: Uint8Array;
}

/** What came of storing an event. */
export type AppendOutcome = { readonly offset: number } | { readonly error: Error };

/** What a partition holds: offsets from `first` up to, but without, `next`. */
export interface Span {
  /** Offset of the oldest event that can be read; what came before it was removed by retention. */
  readonly first: number;
  /** Offset that the next event gets; equals `first` where nothing is left. */
  readonly next: number;
}

/** How long a stream is kept. Absent fields set no bound. */
export interface Retention {
  /** Seconds after an event was stored. */
  readonly seconds?: number;
  /** Bytes of encoded events per partition: the newest that fit are kept. */
  readonly bytes?: number;
}

/** How a broker keeps streams. */
export interface RetentionPolicy {
  /** For streams of which nothing was set. */
  readonly usual: Retention;
  /** Holds for every stream, whatever was set. */
  readonly most: Retention;
}

/** Somebody who wants to know at once what is stored in a partition. Neither function may throw. */
export interface PartitionListener {
  /**
   * Stored and durable: consecutive records, at least one. What is told may come twice, and after a gap; who sees a gap
   * reads {@link EventStore.page}.
   */
  stored(records: readonly LogRecord[]): void;
  /** More was stored, or may have been, than was told: {@link EventStore.page} has it. */
  grown(): void;
}

/**
 * The log of events, shared by all brokers that are configured for the same one. Every method may be called by several
 * processes at once. A store that is away answers with a TributaryError of status 503 from every method that asks it.
 */
export interface EventStore {
  /**
   * Makes or updates what the store keeps events in. Called first, and again after it failed; safe to call in several
   * brokers at once.
   */
  prepare(): Promise<void>;

  /**
   * Stores events. Events handed over by one broker are stored in the order of the calls, and within a call in its
   * order; callers do not wait for one call before the next.
   *
   * @returns Per event in order, once all of them are durable or refused; never rejects. The offset of an event that is
   * durable: no crash of broker, store or machine can lose it then. Exactly this event (by bytes) was stored before:
   * its old offset, also where retention has removed it from sight since. Copies are recognised for as long as the gate
   * lets them in: while the event's timestamp lies at most `eventLimits.behind` back. Or the error: EventConflictError
   * where another event of the partition has its timestamp, sequence and origin; BrokerBusyError where too much waits
   * to be stored; an error of status 503 where the store does not answer: the event may or may not be stored, and
   * sending it again is safe. No event is stored that stands in its call behind
   * one of the same partition whose error has status 503.
   */
  append(entries: readonly Entry[]): Promise<readonly AppendOutcome[]>;

  /** Resolves once everything that was handed over is stored or refused. */
  drain(): Promise<void>;

  /** What a partition holds; null where nothing was ever stored. */
  span(place: PartitionPlace): Promise<Span | null>;

  /**
   * Events of a partition in order, from an offset on.
   *
   * @param from First offset that is wanted; where retention has removed it, the page begins at `first` instead, which
   * the caller sees by the offset of the first record.
   * @param until First offset that is not wanted; the end of the log by default.
   * @returns Consecutive records, as many as fit into one page of some 2 MiB; none exactly if there are none.
   */
  page(place: PartitionPlace, from: number, until?: number): Promise<readonly LogRecord[]>;

  /**
   * Offset of the first event whose timestamp is not before `timestamp` (Unix milliseconds); the next offset if there is
   * none. Never below `first`.
   */
  offsetAt(place: PartitionPlace, timestamp: number): Promise<number>;

  /**
   * Counts events of all partitions of a stream, from its beginning (removed ones too), whose timestamp lies before
   * `time` and which were stored before `storedBefore`, both Unix milliseconds. The answer is the same at every later
   * moment: what is stored later adds nothing, and removing what was stored more than `eventLimits.behind` ago changes
   * nothing.
   *
   * @throws HistoryRemovedError where events were removed that would have to be looked at.
   */
  countBefore(stream: Address, time: number, storedBefore: number): Promise<number>;

  /** Counters of these streams, in their order; zeros for streams without events. */
  activity(streams: readonly Address[]): Promise<Activity[]>;

  /**
   * Tells what this broker and others store in a partition. Whatever is stored after the promise has resolved is told,
   * or {@link PartitionListener.grown} is called, soon after it; a connection that breaks meanwhile changes nothing in
   * that, it only takes longer.
   *
   * @returns Ends it.
   */
  follow(place: PartitionPlace, listener: PartitionListener): Promise<() => void>;

  /** What was set for a stream; null where the broker's own applies. */
  retention(stream: Address): Promise<Retention | null>;

  /**
   * Sets how long a stream is kept, in place of the broker's own; null takes that back. A longer one brings nothing
   * back that was removed. The greatest bounds of the broker hold all the same.
   */
  setRetention(stream: Address, retention: Retention | null): Promise<void>;

  /** Why the store cannot work now, as a sentence for operators; null if it can. */
  trouble(): Promise<string | null>;

  /** What makes the store less safe than it should be though it works, as a sentence for operators; null if nothing. */
  readonly warning: string | null;

  /** Ends what runs in the background. Called after {@link drain}. */
  stop(): Promise<void>;
}
