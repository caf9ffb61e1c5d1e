import type { EventFault, LockedReason } from '#sdk/actions/event-reader';
import type { SubscriptionState } from '#sdk/actions/subscribe';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import type { Explanation } from '../wallet/explain.ts';

/** A value of a field, small enough to be shown. */
export type FieldValue = string | number | boolean | null;

/** An event as the page shows it. Neither keys nor other secrets are ever part of a message. */
export interface ShownEvent {
  readonly partition: number;
  /** Within its partition. */
  readonly offset: number;
  /** Unix milliseconds, by the publisher. */
  readonly timestamp: number;
  /** Milliseconds from the publisher's clock to this browser's; null for events from history. */
  readonly latency: number | null;
  readonly origin: Hex;
  /** Names the method of the signature, such as "secp256k1". */
  readonly signatureType: string;
  readonly contentType: string;
  /** Bytes of the content as it was sent. */
  readonly size: number;
  readonly verified: boolean;
  readonly fault: EventFault | undefined;
  readonly locked: LockedReason | undefined;
  /** Fields of a JSON object; null where the content is something else or locked. */
  readonly fields: Readonly<Record<string, FieldValue>> | null;
  /** The content as text where it has no fields; null while locked. */
  readonly text: string | null;
  /** First bytes of the ciphertext, hexadecimal, while locked. */
  readonly cipher: string | null;
  /** A picture that is the content, or that a field carries as a data: address; null where there is none. */
  readonly picture: Blob | null;
}

/** To the worker: what to read. The worker takes the private keys from the key store itself. */
export interface OpenReading {
  readonly type: 'open';
  /** Where the market is, such as "http://localhost:4400". */
  readonly market: string;
  readonly stream: Address;
  /** Events of history to begin with, of each partition. */
  readonly last: number;
  /** The account whose licence is used; null for anybody. */
  readonly licensee: Address | null;
  /** Session of that account with the broker; null where everyone may read. */
  readonly session: Session | null;
  /** Unix milliseconds by the page's clock, which the worker follows. */
  readonly now: number;
  /** Public key of the licence, whose private half this browser holds; null where it holds none. */
  readonly publicKey: Hex | null;
}

/** Formats in which events are saved. */
export type ExportFormat = 'csv' | 'ndjson' | 'parquet';

/** To the worker, once a reading is open; answered by the same id. */
export type ReadingRequest =
  /** Older events than those of a list; of partitions that are absent, from their end. */
  | {
      readonly type: 'older';
      readonly id: number;
      readonly before: ReadonlyMap<number, number>;
      /** Begins anew, instead of going on where the last request ended. */
      readonly anew: boolean;
    }
  /** Events from a time on, Unix milliseconds. */
  | { readonly type: 'since'; readonly id: number; readonly since: number }
  /** The events after those that were answered last. */
  | { readonly type: 'newer'; readonly id: number }
  /** All of one event. */
  | { readonly type: 'detail'; readonly id: number; readonly partition: number; readonly offset: number }
  /** A file of all readable events between two times, Unix milliseconds. */
  | {
      readonly type: 'export';
      readonly id: number;
      readonly format: ExportFormat;
      readonly since: number;
      readonly until: number;
      /** Fields that the seller described, first in a table. */
      readonly names: readonly string[];
    }
  /** The request is not wanted any more. */
  | { readonly type: 'cancel'; readonly id: number };

/** Why there are no events before: the stream or the reader's licence begins there, or they were removed. */
export type HistoryEnd = 'beginning' | 'removed' | 'before-license';

/** All of an event: what its publisher signed, and what is in it. */
export interface EventDetail {
  /** As the broker gives it, JSON. */
  readonly envelope: string;
  /** The content as text, in the clear; null where it is locked or none. */
  readonly content: string | null;
}

export type ReadingMessage =
  | { readonly type: 'state'; readonly state: SubscriptionState }
  /** New events, oldest first, and events delivered before that can be read now. */
  | { readonly type: 'events'; readonly events: readonly ShownEvent[] }
  /** Answers older, since and newer. */
  | {
      readonly type: 'page';
      readonly id: number;
      readonly events: readonly ShownEvent[];
      /** Nothing comes further in that direction; null where something may. */
      readonly end: HistoryEnd | 'now' | null;
      /** Per partition where the list begins, for what is older than it. */
      readonly starts: ReadonlyMap<number, number>;
    }
  | { readonly type: 'detail'; readonly id: number; readonly detail: EventDetail }
  /** How far a file is: events in it, and the time of the last one. */
  | { readonly type: 'export-progress'; readonly id: number; readonly events: number; readonly reached: number }
  /** A file; `complete` is false where it holds as many events as a file may, and there are more. */
  | {
      readonly type: 'export-done';
      readonly id: number;
      readonly file: Blob;
      readonly events: number;
      readonly complete: boolean;
    }
  /** A request failed. */
  | { readonly type: 'refused'; readonly id: number; readonly failure: Explanation }
  /** The broker does not take the session any more: the account has to sign in again. */
  | { readonly type: 'session-ended' }
  | { readonly type: 'failed'; readonly failure: Explanation };
