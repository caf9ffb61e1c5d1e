import type { Start } from '../protocol/messages.ts';

/** How far a subscription has got in one partition. */
export interface PartitionPlace {
  readonly partition: number;
  /** Id of the message that asked for it last. */
  request: number;
  /** The broker has answered that message: what arrives before is left over from an earlier one. */
  answered: boolean;
  /** Its history is through. */
  live: boolean;
  /** Offset that must come next; undefined until the first event, or the broker's answer to a start with the next one. */
  next: number | undefined;
  /** Older events than this may be gone from the broker's log: the one gap that is none of ours. */
  first: boolean;
}

/** The places of all partitions of a subscription. */
export interface PartitionPlaces {
  readonly all: () => readonly PartitionPlace[];
  readonly first: PartitionPlace | undefined;
  /** A number for a message, not used before. */
  nextId(): number;
  byRequest(id: number): PartitionPlace | undefined;
  byPartition(partition: number): PartitionPlace | undefined;
  /** A new request for the partition. @returns Where it begins; undefined: with the next event. */
  ask(place: PartitionPlace): Start | undefined;
  /** The broker answered the request; its next event gets the offset `next`. */
  answered(place: PartitionPlace, next: number): void;
  isAnswered(place: PartitionPlace): boolean;
  /** The partition's history is through. @returns Whether that holds for all of them. */
  live(place: PartitionPlace): boolean;
  /** How an offset fits: the next one, one that came before, or one after a gap. */
  fit(place: PartitionPlace, offset: number): 'next' | 'before' | 'gap';
  took(place: PartitionPlace, offset: number): void;
  /** What still arrives for its request is not wanted. @returns Whether the broker may be sending. */
  leave(place: PartitionPlace): boolean;
  leaveAll(): void;
  /** Offsets that come next, by partition. */
  positions(): ReadonlyMap<number, number>;
}

/** Begins a place for each partition. */
export function createPartitionPlaces(
  partitions: readonly number[],
  from: Start | { readonly positions: ReadonlyMap<number, number> } | undefined
): PartitionPlaces {
  const given = from !== undefined && 'positions' in from ? from.positions : undefined;
  const start = from === undefined || 'positions' in from ? undefined : from;
  const places = new Map<number, PartitionPlace>();
  for (const partition of partitions) {
    const next = given?.get(partition) ?? (start !== undefined && 'offset' in start ? start.offset : undefined);
    places.set(partition, { partition, request: -1, answered: false, live: false, next, first: true });
  }
  const requests = new Map<number, PartitionPlace>();
  let last = 0;

  const leave = (place: PartitionPlace) => {
    const asked = requests.delete(place.request);
    place.answered = false;
    place.live = false;
    return asked;
  };

  return {
    all: () => [...places.values()],
    first: places.values().next().value,
    nextId: () => ++last,
    byRequest: (id) => requests.get(id),
    byPartition: (partition) => places.get(partition),
    ask: (place) => {
      leave(place);
      place.request = ++last;
      requests.set(place.request, place);
      return place.next === undefined ? start : { offset: place.next };
    },
    answered: (place, next) => {
      place.answered = true;
      place.first = true;
      // A log that is shorter than it was has begun anew.
      if (start === undefined || (place.next !== undefined && next < place.next)) {
        place.next = Math.min(place.next ?? next, next);
      }
    },
    isAnswered: ({ answered }) => answered,
    live: (place) => {
      place.live = true;
      for (const { live } of places.values()) if (!live) return false;
      return true;
    },
    fit: ({ next, first }, offset) => {
      if (next === undefined || offset === next) return 'next';
      // Sent twice around an interruption.
      if (offset < next) return 'before';
      return first ? 'next' : 'gap';
    },
    took: (place, offset) => {
      place.next = offset + 1;
      place.first = false;
    },
    leave,
    leaveAll: () => {
      for (const place of places.values()) leave(place);
    },
    positions: () => {
      const positions = new Map<number, number>();
      for (const { partition, next } of places.values()) if (next !== undefined) positions.set(partition, next);
      return positions;
    }
  };
}
