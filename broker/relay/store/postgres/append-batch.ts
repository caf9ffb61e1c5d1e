import type { StreamEvent } from '#sdk/protocol/event';
import type { Entry, PartitionPlace } from '../event-store.ts';

/** Events of one partition in their order. */
export interface PartitionEvents<E extends Entry> {
  readonly place: PartitionPlace;
  readonly events: E[];
}

interface Sorted<E extends Entry> extends PartitionEvents<E> {
  /** Greatest timestamp, and greatest sequence number with it. */
  timestamp: number;
  sequence: number;
  /** Of all events; made when the first of them does not stand behind all before it. */
  keys: Set<string> | null;
}

/**
 * Sorts events by partition and takes doubles out: those that have timestamp, sequence and origin of one before them.
 * Publishers mostly number their events upwards, so few are compared with more than the one before them.
 */
export function sortByPartition<E extends Entry>(
  entries: readonly E[]
): { readonly partitions: readonly PartitionEvents<E>[]; readonly doubles: readonly E[] } {
  const partitions = new Map<string, Sorted<E>>();
  const doubles: E[] = [];
  let current: Sorted<E> | undefined;
  for (const entry of entries) {
    const { stream, partition } = entry.event;
    if (current?.place.stream !== stream || current.place.partition !== partition) {
      const key = `${stream} ${String(partition)}`;
      current = partitions.get(key) ?? {
        place: { stream, partition },
        events: [],
        timestamp: -1,
        sequence: -1,
        keys: null
      };
      partitions.set(key, current);
    }
    if (isDouble(current, entry.event)) doubles.push(entry);
    else current.events.push(entry);
  }
  return { partitions: [...partitions.values()], doubles };
}

function isDouble<E extends Entry>(before: Sorted<E>, event: StreamEvent): boolean {
  const { timestamp, sequence } = event;
  if (timestamp > before.timestamp || (timestamp === before.timestamp && sequence > before.sequence)) {
    before.timestamp = timestamp;
    before.sequence = sequence;
    before.keys?.add(keyOf(event));
    return false;
  }
  before.keys ??= new Set(before.events.map((entry) => keyOf(entry.event)));
  const key = keyOf(event);
  if (before.keys.has(key)) return true;
  before.keys.add(key);
  return false;
}

const keyOf = ({ timestamp, sequence, origin }: StreamEvent): string =>
  `${String(timestamp)} ${String(sequence)} ${origin}`;
