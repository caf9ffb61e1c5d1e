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

export type ReadingMessage =
  | { readonly type: 'state'; readonly state: SubscriptionState }
  /** New events, oldest first, and events delivered before that can be read now. */
  | { readonly type: 'events'; readonly events: readonly ShownEvent[] }
  /** The broker does not take the session any more: the account has to sign in again. */
  | { readonly type: 'session-ended' }
  | { readonly type: 'failed'; readonly failure: Explanation };
