import { sha256 } from '@noble/hashes/sha2.js';

/**
 * The partition of all events with one key: the first 8 bytes of SHA-256 of the key in UTF-8, as a big-endian number,
 * modulo the number of partitions. Order is kept within a partition, so it is kept for each key.
 *
 * @param key What belongs together, such as a vehicle's number; any text.
 * @param partitions Of the stream, 1 to 1,024.
 * @returns 0 up to, but without, `partitions`.
 */
export function partitionOf(key: string, partitions: number): number {
  const digest = sha256(new TextEncoder().encode(key));
  let rest = 0;
  // Byte by byte, since 8 bytes do not fit into a number.
  for (const byte of digest.subarray(0, 8)) rest = (rest * 256 + byte) % partitions;
  return rest;
}
