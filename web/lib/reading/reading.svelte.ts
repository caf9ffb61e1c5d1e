import type { SubscriptionState } from '#sdk/actions/subscribe';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import type { Explanation } from '../wallet/explain.ts';
import { mergeEvents } from './merge-events.ts';
import workerUrl from './subscription.worker.ts?worker&url';
import type { OpenReading, ReadingMessage, ShownEvent } from './messages.ts';

/** Events that the page keeps. */
const kept = 500;
/** Events of history to begin with. */
const history = 100;

/** Fetches the worker's code ahead, so that a reading that is about to begin begins at once. */
export function prefetchReading(): void {
  // Only the browser's cache is wanted; if this fails the worker is fetched when it is needed.
  void fetch(workerUrl, { priority: 'low' }).catch(() => undefined);
}

/** A stream being read: the state of its subscription and its newest events. */
export class Reading {
  state = $state.raw<SubscriptionState | null>(null);
  failure = $state.raw<Explanation | null>(null);
  /** The broker does not take the session any more. */
  sessionEnded = $state(false);
  /** Newest first. Stands still while paused. */
  events = $state.raw<readonly ShownEvent[]>([]);
  paused = $state(false);
  /** Events that came while paused. */
  missed = $state(0);
  #worker: Worker | null = null;
  #newest: readonly ShownEvent[] = [];

  /**
   * Begins to read, or begins anew as somebody else.
   *
   * @param session Of the account with the broker; null where everyone may read.
   * @param publicKey Key of the licence where this browser holds its private half.
   */
  open(stream: Address, licensee: Address | null, session: Session | null, publicKey: Hex | null): void {
    this.close();
    const worker = new Worker(workerUrl, { type: 'module' });
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<ReadingMessage>) => {
      if (worker !== this.#worker) return;
      if (data.type === 'state') this.state = data.state;
      else if (data.type === 'session-ended') this.sessionEnded = true;
      else if (data.type === 'failed') this.failure = data.failure;
      else this.#take(data.events);
    };
    worker.onerror = () => {
      this.failure = { title: 'The reader stopped', detail: 'Reload the page to read on. Nothing is lost.' };
    };
    const request: OpenReading = {
      type: 'open',
      market: location.origin,
      stream,
      last: history,
      now: Date.now(),
      licensee,
      session,
      publicKey
    };
    worker.postMessage(request);
  }

  close(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.state = null;
    this.failure = null;
    this.sessionEnded = false;
  }

  /** Closes, and takes what was read off the page: somebody else is looking. */
  forget(): void {
    this.close();
    this.#newest = [];
    this.events = [];
  }

  pause(): void {
    this.paused = true;
    this.missed = 0;
  }

  resume(): void {
    this.paused = false;
    this.missed = 0;
    this.events = this.#newest;
  }

  #take(events: readonly ShownEvent[]): void {
    const merged = mergeEvents(this.#newest, events, kept);
    this.#newest = merged.events;
    if (this.paused) this.missed += merged.added;
    else this.events = merged.events;
  }
}
