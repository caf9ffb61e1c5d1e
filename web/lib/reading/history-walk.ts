/** An event of a log, as far as walking along it depends on it. */
export interface LoggedEvent {
  readonly partition: number;
  /** Within its partition, without gaps. */
  readonly offset: number;
  /** Unix milliseconds. */
  readonly timestamp: number;
}

/** Pages of a partition's log in its order; see openHistory. */
export type PageReader<T> = (
  partition: number,
  from: { readonly offset: number } | { readonly timestamp: number } | { readonly last: number },
  limit: number
) => Promise<readonly T[]>;

/** Why there is nothing older: the stream begins there, or its retention removed what came before. */
export type OlderEnd = 'beginning' | 'removed';

/** Events that are fetched at once from a partition. */
const pageSize = 200;

/** How far a walk has got in a partition. */
interface OlderPlace<T> {
  readonly partition: number;
  /** Offset before which to go on; undefined: from the end. */
  before: number | undefined;
  /** Events that were read and not given yet, in the order of the log. */
  buffer: T[];
  removed: boolean;
}
interface NewerPlace<T> {
  readonly partition: number;
  /** Offset with which to go on; undefined: with the time. */
  next: number | undefined;
  buffer: T[];
  ended: boolean;
}

/**
 * Walks back through a log of several partitions, the newest event first. An event is only given once it is known of
 * every partition that it has none in between.
 */
export class OlderWalk<T extends LoggedEvent> {
  readonly #read: PageReader<T>;
  readonly #places: OlderPlace<T>[];

  /** @param before Per partition the offset before which to begin; a partition that is absent begins at its end. */
  constructor(read: PageReader<T>, partitions: number, before: ReadonlyMap<number, number>) {
    this.#read = read;
    this.#places = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      before: before.get(partition),
      buffer: [],
      removed: false
    }));
  }

  /** @returns At most `count` events, and why there are none before them; null where there may be. */
  async next(count: number): Promise<{ readonly events: readonly T[]; readonly end: OlderEnd | null }> {
    const events: T[] = [];
    while (events.length < count) {
      await Promise.all(this.#places.map((place) => this.#fill(place)));
      const newest = this.#places
        .filter(({ buffer }) => buffer.length > 0)
        .toSorted((one, other) => (other.buffer.at(-1)?.timestamp ?? 0) - (one.buffer.at(-1)?.timestamp ?? 0))[0];
      const event = newest?.buffer.pop();
      if (event === undefined) {
        return { events, end: this.#places.some(({ removed }) => removed) ? 'removed' : 'beginning' };
      }
      events.push(event);
    }
    return { events, end: null };
  }

  async #fill(place: OlderPlace<T>): Promise<void> {
    if (place.buffer.length > 0 || place.before === 0) return;
    const { partition, before } = place;
    const from = before === undefined ? undefined : Math.max(0, before - pageSize);
    const page =
      before === undefined || from === undefined
        ? await this.#read(partition, { last: pageSize }, pageSize)
        : await this.#read(partition, { offset: from }, before - from);
    place.buffer = page.filter(({ offset }) => before === undefined || offset < before);
    const first = place.buffer[0]?.offset;
    // A page that begins later than was asked for, or has nothing, tells that what came before is kept no more.
    place.removed = from !== undefined && from !== first;
    place.before = first === undefined || place.removed ? 0 : first;
  }
}

/** Walks forward through a log of several partitions from a time on, the oldest event first. */
export class NewerWalk<T extends LoggedEvent> {
  readonly #read: PageReader<T>;
  readonly #since: number;
  readonly #until: number;
  readonly #places: NewerPlace<T>[];
  /** Per partition the offset of its first event that was read. */
  readonly starts = new Map<number, number>();

  /** @param since Unix milliseconds. @param until Unix milliseconds; later events are left out. */
  constructor(read: PageReader<T>, partitions: number, since: number, until = Number.POSITIVE_INFINITY) {
    this.#read = read;
    this.#since = since;
    this.#until = until;
    this.#places = Array.from({ length: partitions }, (_, partition) => ({
      partition,
      next: undefined,
      buffer: [],
      ended: false
    }));
  }

  /** @returns At most `count` events; fewer where the log ends for now, or `until` is reached. */
  async next(count: number): Promise<readonly T[]> {
    const events: T[] = [];
    while (events.length < count) {
      await Promise.all(this.#places.map((place) => this.#fill(place, Math.max(count, pageSize))));
      const oldest = this.#places
        .filter(({ buffer }) => buffer.length > 0)
        .toSorted((one, other) => (one.buffer[0]?.timestamp ?? 0) - (other.buffer[0]?.timestamp ?? 0))[0];
      const event = oldest?.buffer.shift();
      if (event === undefined) break;
      if (event.timestamp >= this.#since && event.timestamp <= this.#until) events.push(event);
    }
    // Asked again, a log may have grown.
    if (events.length < count) for (const place of this.#places) place.ended = false;
    return events;
  }

  async #fill(place: NewerPlace<T>, limit: number): Promise<void> {
    if (place.buffer.length > 0 || place.ended) return;
    const from = place.next === undefined ? { timestamp: this.#since } : { offset: place.next };
    const page = await this.#read(place.partition, from, Math.min(limit, 1_000));
    const [first] = page;
    const last = page.at(-1);
    if (first === undefined || last === undefined) {
      place.ended = true;
      return;
    }
    if (!this.starts.has(place.partition)) this.starts.set(place.partition, first.offset);
    place.next = last.offset + 1;
    // Publishers' clocks differ: a page is the end only where all of it is too late.
    if (page.every(({ timestamp }) => timestamp > this.#until)) place.ended = true;
    else place.buffer = [...page];
  }
}
