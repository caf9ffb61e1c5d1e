import type { StreamEvent } from '#sdk/protocol/event';
import type { Entry, PartitionPlace } from '../event-store.ts';
import { integerArray } from './bytes.ts';

/** Events of one partition in their order. */
export interface PartitionEvents<E extends Entry> {
  readonly place: PartitionPlace;
  readonly events: E[];
}

/**
 * What `broker.append_batch` is called with, up to the bytes; its comment says what it is.
 *
 * @param partitionIds Number of each partition, in the order of the batch.
 */
export function appendValues(
  batch: readonly PartitionEvents<Entry>[],
  partitionIds: readonly number[]
): readonly (Buffer | readonly number[])[] {
  let [count, size] = [0, 0];
  for (const { events } of batch) {
    count += events.length;
    for (const { event, bytes } of events) size += (event.origin.length - 2) / 2 + bytes.length;
  }
  const partition = {
    counts: integerArray(4, batch.length),
    sizes: integerArray(8, batch.length),
    highests: integerArray(8, batch.length),
    leastTimestamps: integerArray(8, batch.length),
    leastSequences: integerArray(8, batch.length)
  };
  const each = {
    ids: integerArray(4, count),
    places: integerArray(4, count),
    timestamps: integerArray(8, count),
    sequences: integerArray(8, count),
    highestSoFar: integerArray(8, count),
    bytesSoFar: integerArray(4, count),
    starts: integerArray(4, count),
    originLengths: integerArray(4, count),
    lengths: integerArray(4, count)
  };
  const data = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [index, { events }] of batch.entries()) {
    let [highest, bytesSoFar, leastTimestamp, leastSequence] = [-1, 0, Infinity, Infinity];
    for (const [place, { event, bytes }] of events.entries()) {
      const { timestamp, sequence } = event;
      highest = Math.max(highest, timestamp);
      if (timestamp < leastTimestamp || (timestamp === leastTimestamp && sequence < leastSequence)) {
        leastTimestamp = timestamp;
        leastSequence = sequence;
      }
      const originLength = data.write(event.origin.slice(2), at, 'hex');
      each.ids.add(partitionIds[index] ?? 0);
      each.places.add(place);
      each.timestamps.add(timestamp);
      each.sequences.add(sequence);
      each.highestSoFar.add(highest);
      each.bytesSoFar.add(bytesSoFar);
      // Postgres counts from 1.
      each.starts.add(at + 1);
      each.originLengths.add(originLength);
      each.lengths.add(bytes.length);
      data.set(bytes, at + originLength);
      at += originLength + bytes.length;
      bytesSoFar += bytes.length;
    }
    partition.counts.add(events.length);
    partition.sizes.add(bytesSoFar);
    partition.highests.add(highest);
    partition.leastTimestamps.add(leastTimestamp);
    partition.leastSequences.add(leastSequence);
  }
  return [partitionIds, ...[...Object.values(partition), ...Object.values(each)].map(({ bytes }) => bytes), data];
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
