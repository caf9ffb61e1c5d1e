import type { PartitionReader } from './partition-reader.ts';

/**
 * Counts events of a partition, removed ones too, with timestamps before `time` that were stored before `storedBefore`,
 * both Unix milliseconds. Offsets have no gaps, so only what is stored around that time has to be looked at.
 */
export async function countBefore(reader: PartitionReader, time: number, storedBefore: number): Promise<number> {
  // Up to here all timestamps lie before `time`; messages that are removed were stored long before that.
  const start = await reader.search((progress) => progress.highest < time && progress.storedAt < storedBefore);
  if (start === null) return (await reader.tail())?.after.next ?? 0;
  let count = start.first;
  for await (const message of reader.from(start.seq)) {
    if (message.after.storedAt >= storedBefore) break;
    for (let index = 0; index < message.count; index += 1) if (message.timestamp(index) < time) count += 1;
  }
  return count;
}
