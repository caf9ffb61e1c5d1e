import type { Retention, Span } from '../event-store.ts';
import type { PartitionReader } from './partition-reader.ts';

/** What narrower of two retentions allows. */
export function narrower(one: Retention, other: Retention): Retention {
  const seconds = Math.min(one.seconds ?? Infinity, other.seconds ?? Infinity);
  const bytes = Math.min(one.bytes ?? Infinity, other.bytes ?? Infinity);
  return { ...(seconds !== Infinity && { seconds }), ...(bytes !== Infinity && { bytes }) };
}

/**
 * What a retention leaves of a partition.
 *
 * @param floor Offset below which nothing may be seen, whatever the retention says.
 * @param now Unix milliseconds.
 * @returns null where nothing was ever stored.
 */
export async function boundsOf(
  reader: PartitionReader,
  retention: Retention,
  floor: number,
  now: number
): Promise<Span | null> {
  const [head, tail] = await Promise.all([reader.head(), reader.tail()]);
  if (head === null || tail === null) return null;
  const { next, bytes } = tail.after;
  let first = Math.max(head.first, floor);
  if (retention.seconds !== undefined) {
    const since = now - retention.seconds * 1_000;
    first = Math.max(first, (await reader.search(({ storedAt }) => storedAt < since))?.first ?? next);
  }
  if (retention.bytes !== undefined && bytes > retention.bytes) {
    first = Math.max(first, await offsetAfterBytes(reader, bytes - retention.bytes, next));
  }
  return { first: Math.min(first, next), next };
}

/** Offset of the first event before which a partition holds at least so many bytes of events. */
async function offsetAfterBytes(reader: PartitionReader, bytes: number, next: number): Promise<number> {
  const message = await reader.search((progress) => progress.bytes < bytes);
  if (message === null) return next;
  let before = message.after.bytes;
  let offset = message.after.next;
  for (let index = message.count - 1; index >= 0; index -= 1) {
    before -= message.length(index);
    if (before < bytes) break;
    offset = message.first + index;
  }
  return offset;
}
