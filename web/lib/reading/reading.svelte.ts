import type { SubscriptionState } from '#sdk/actions/subscribe';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Session } from '#sdk/protocol/session';
import type { Explanation } from '../wallet/explain.ts';
import { EventLog, noStarts } from './event-log.ts';
import { WorkerRequests, type Answer, type Unnumbered } from './worker-requests.ts';
import workerUrl from './subscription.worker.ts?worker&url';
import type { EventDetail, HistoryEnd, OpenReading, ReadingMessage, ReadingRequest, ShownEvent } from './messages.ts';
import { m } from '../generated/messages/messages.js';

/** Events that the page keeps; reading back ends there, and goes on from a later time. */
const kept = 100_000;
/** Events of history to begin with. */
const history = 100;

/** Fetches the worker's code ahead, so that a reading that is about to begin begins at once. */
export function prefetchReading(): void {
  // Only the browser's cache is wanted; if this fails the worker is fetched when it is needed.
  void fetch(workerUrl, { priority: 'low' }).catch(() => undefined);
}

/** A file that is being made. */
export interface Exporting {
  readonly events: number;
  /** Unix milliseconds of the last event in it; 0 before the first. */
  readonly reached: number;
}

/** A stream being read: the state of its subscription, its events, and what was published before. */
export class Reading {
  state = $state.raw<SubscriptionState | null>(null);
  failure = $state.raw<Explanation | null>(null);
  /** The broker does not take the session any more. */
  sessionEnded = $state(false);
  /** Newest first. Stands still while paused, and while another time is looked at. */
  events = $state.raw<readonly ShownEvent[]>([]);
  paused = $state(false);
  /** Events that came while paused. */
  missed = $state(0);
  /** Why nothing comes before the events; null where something may. */
  end = $state<HistoryEnd | 'full' | null>(null);
  /** Events of another time are being fetched. */
  fetching = $state<'older' | 'newer' | null>(null);
  /** Why events of another time did not come. */
  refused = $state.raw<Explanation | null>(null);
  /** The time that is looked at, Unix milliseconds; null: now. */
  since = $state<number | null>(null);
  /** Everything after that time is shown, up to now. */
  reachesNow = $state(false);
  /** How far a file of a range is; null where none is being made. */
  exporting = $state.raw<Exporting | null>(null);
  #worker: Worker | null = null;
  readonly #live = new EventLog(kept);
  #past: EventLog | null = null;
  /** The next request for older events begins anew. */
  #anew = true;
  /** Why nothing comes before the live events. */
  #liveEnd: HistoryEnd | 'full' | null = null;
  #starts = noStarts;
  readonly #requests = new WorkerRequests();
  #exportId = -1;

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
      if (worker === this.#worker) this.#receive(data);
    };
    worker.onerror = () => {
      this.failure = { title: m.standing_stopped(), detail: m.standing_stopped_means() };
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
    this.#anew = true;
    this.exporting = null;
    this.fetching = null;
    this.#requests.abandon();
  }

  /** Closes, and takes what was read off the page: somebody else is looking. */
  forget(): void {
    this.close();
    this.#live.clear();
    this.#past = null;
    this.since = null;
    this.end = null;
    this.events = [];
  }

  pause(): void {
    this.paused = true;
    this.missed = 0;
  }

  resume(): void {
    this.paused = false;
    this.missed = 0;
    if (this.#past === null) this.events = this.#live.events;
  }

  /** Fetches events that come before those that are shown. */
  async older(): Promise<void> {
    const log = this.#past ?? this.#live;
    if (this.fetching !== null || this.end !== null || this.#worker === null) return;
    this.fetching = 'older';
    const before = log.oldest(this.#starts);
    await this.#fetch(log, { type: 'older', before, anew: this.#anew }, ({ end }) => {
      this.#anew = false;
      this.end = end === 'now' ? null : (end ?? (log.full ? 'full' : null));
      if (log === this.#live) this.#liveEnd = this.end;
    });
  }

  /** Looks at another time. @param since Unix milliseconds. */
  async jump(since: number): Promise<void> {
    if (this.#worker === null) return;
    const log = new EventLog(kept);
    this.#past = log;
    this.#starts = noStarts;
    this.since = since;
    this.events = [];
    this.end = null;
    this.reachesNow = false;
    this.fetching = 'newer';
    await this.#fetch(log, { type: 'since', since }, ({ end, starts }) => {
      this.reachesNow = end === 'now';
      this.#starts = starts;
      this.#anew = true;
    });
    // Some of what led there.
    if (this.#past === log) await this.older();
  }

  /** Fetches events that come after those of another time. */
  async newer(): Promise<void> {
    if (this.#past === null || this.fetching !== null) return;
    this.fetching = 'newer';
    await this.#fetch(this.#past, { type: 'newer' }, ({ end }) => {
      this.reachesNow = end === 'now';
    });
  }

  /** Looks at what comes now. */
  live(): void {
    this.#past = null;
    this.since = null;
    this.fetching = null;
    this.refused = null;
    this.#starts = noStarts;
    this.#anew = true;
    this.end = this.#liveEnd;
    this.events = this.#live.events;
  }

  /** All of an event; null where it cannot be had, of which `refused` says why. */
  async detail({ partition, offset }: Pick<ShownEvent, 'partition' | 'offset'>): Promise<EventDetail | null> {
    const answer = await this.#requests.ask<'detail'>(this.#worker, { type: 'detail', partition, offset });
    if (answer.type === 'detail') return answer.detail;
    this.refused = answer.failure;
    return null;
  }

  /** Makes a file of all readable events between two times; null where it was cancelled or failed. */
  async exportRange(
    range: Omit<Extract<ReadingRequest, { type: 'export' }>, 'id' | 'type'>
  ): Promise<Answer<'export-done'> | null> {
    this.exporting = { events: 0, reached: 0 };
    this.refused = null;
    this.#exportId = this.#requests.next;
    const answer = await this.#requests.ask<'export-done'>(this.#worker, { type: 'export', ...range });
    this.exporting = null;
    if (answer.type === 'export-done') return answer;
    this.refused = answer.failure;
    return null;
  }

  cancelExport(): void {
    const id = this.#exportId;
    this.#worker?.postMessage({ type: 'cancel', id } satisfies ReadingRequest);
    this.#requests.settle(id);
  }

  async #fetch(
    log: EventLog,
    request: Unnumbered<Extract<ReadingRequest, { type: 'older' | 'since' | 'newer' }>>,
    took: (page: Answer<'page'>) => void
  ): Promise<void> {
    this.refused = null;
    const page = await this.#requests.ask<'page'>(this.#worker, request);
    if (log !== (this.#past ?? this.#live)) return;
    this.fetching = null;
    if (page.type === 'refused') {
      this.refused = page.failure;
      return;
    }
    log.add(page.events);
    took(page);
    this.events = log.events;
  }

  #receive(data: ReadingMessage): void {
    if (data.type === 'state') this.state = data.state;
    else if (data.type === 'session-ended') this.sessionEnded = true;
    else if (data.type === 'failed') this.failure = data.failure;
    else if (data.type === 'events') this.#take(data.events);
    else if (data.type === 'export-progress') {
      if (this.exporting !== null && data.id === this.#exportId) this.exporting = data;
    } else {
      this.#requests.settle(data.id, data);
    }
  }

  #take(events: readonly ShownEvent[]): void {
    const added = this.#live.add(events);
    if (this.#past !== null) return;
    if (this.paused) this.missed += added;
    else this.events = this.#live.events;
  }
}
