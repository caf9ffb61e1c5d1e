import type { ShownEvent } from './messages.ts';

/** Where no partition is known to start. */
export const noStarts: ReadonlyMap<number, number> = new Map();

/** Names an event within its stream. */
export const nameOf = ({ partition, offset }: Pick<ShownEvent, 'partition' | 'offset'>) =>
  `${String(partition)}:${String(offset)}`;

/** By the publishers' clocks, and by the log where they say the same. */
const newestFirst = (one: ShownEvent, other: ShownEvent) =>
  other.timestamp - one.timestamp || other.offset - one.offset || other.partition - one.partition;

/** Pictures that are kept with their events; they are many times larger than all else. */
const picturesKept = 100;

/**
 * Events in their order, one per partition and offset: an event that could not be read at first comes again, and a new
 * reading brings the history again. Adding to a hundred thousand costs about a millisecond.
 */
export class EventLog {
  /** Newest first; a new list whenever it changes. */
  events: readonly ShownEvent[] = [];
  readonly #byName = new Map<string, ShownEvent>();
  readonly #most: number;
  #pictures = 0;

  /** @param most How many of the newest are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get full(): boolean {
    return this.events.length >= this.#most;
  }

  /** @returns How many of them are new. */
  add(arrived: readonly ShownEvent[]): number {
    const fresh: ShownEvent[] = [];
    const replaced = new Map<ShownEvent, ShownEvent>();
    for (const event of arrived) {
      const name = nameOf(event);
      const before = this.#byName.get(name);
      // What came live keeps its delay when it comes again.
      const after = before ? { ...event, latency: before.latency ?? event.latency } : event;
      this.#byName.set(name, after);
      if (after.picture !== null && (before?.picture ?? null) === null) this.#pictures += 1;
      if (!before) fresh.push(after);
      else replaced.set(before, after);
    }
    if (replaced.size > 0) {
      // One that came twice in this very list is still among the fresh ones.
      for (const [at, event] of fresh.entries()) fresh[at] = this.#byName.get(nameOf(event)) ?? event;
      this.events = this.events.map((event) => replaced.get(event) ?? event);
    }
    if (fresh.length > 0) this.events = merge(this.events, fresh.sort(newestFirst));
    if (this.events.length > this.#most) {
      for (const event of this.events.slice(this.#most)) this.#byName.delete(nameOf(event));
      this.events = this.events.slice(0, this.#most);
    }
    if (this.#pictures > 2 * picturesKept) this.#dropPictures();
    return fresh.length;
  }

  clear(): void {
    this.events = [];
    this.#byName.clear();
    this.#pictures = 0;
  }

  /** Offset of the oldest event of each partition; of one without events where it starts. */
  oldest(starts: ReadonlyMap<number, number>): Map<number, number> {
    const oldest = new Map(starts);
    for (const { partition, offset } of this.events) {
      oldest.set(partition, Math.min(oldest.get(partition) ?? offset, offset));
    }
    return oldest;
  }

  #dropPictures(): void {
    let kept = 0;
    this.events = this.events.map((event) => {
      if (event.picture === null) return event;
      kept += 1;
      if (kept <= picturesKept) return event;
      const without = { ...event, picture: null };
      this.#byName.set(nameOf(event), without);
      return without;
    });
    this.#pictures = Math.min(kept, picturesKept);
  }
}

/** Two sorted lists as one. */
function merge(known: readonly ShownEvent[], fresh: readonly ShownEvent[]): readonly ShownEvent[] {
  const [first] = known;
  const last = known.at(-1);
  const newest = fresh[0];
  const oldest = fresh.at(-1);
  if (!first || !last || !newest || !oldest) return [...known, ...fresh];
  if (newestFirst(oldest, first) <= 0) return [...fresh, ...known];
  if (newestFirst(last, newest) <= 0) return [...known, ...fresh];
  const merged: ShownEvent[] = [];
  let at = 0;
  for (const event of known) {
    for (let next = fresh[at]; next && newestFirst(next, event) < 0; next = fresh[++at]) merged.push(next);
    merged.push(event);
  }
  return [...merged, ...fresh.slice(at)];
}
