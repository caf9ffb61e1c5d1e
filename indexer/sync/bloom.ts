import { keccak256 } from 'viem';
import type { Hex } from '#sdk/protocol/primitives';
import type { LogFilter } from './chain.ts';

/** Whether a block with this bloom may have a log with that address or topic (yellow paper, 4.3.1): no is certain. */
export function mayContain(bloom: Hex, value: Hex): boolean {
  const bits = bitsOf(value);
  return bits.every((bit) => {
    // bit 0 is the lowest of the last byte
    const digit = bloom.charCodeAt(bloom.length - 1 - (bit >> 2));
    const nibble = digit <= 57 ? digit - 48 : (digit | 32) - 87;
    return ((nibble >> (bit & 3)) & 1) === 1;
  });
}

/** Whether a block with this bloom may have a log that the filter asks for. */
export function mayMatch(bloom: Hex, { addresses, topics }: LogFilter): boolean {
  return (
    (addresses === undefined || addresses.some((address) => mayContain(bloom, address))) &&
    topics.some((topic) => mayContain(bloom, topic))
  );
}

const known = new Map<string, readonly number[]>();

/** Three of the 2,048 bits. What is asked for is always the same few values, hence kept. */
function bitsOf(value: Hex): readonly number[] {
  const found = known.get(value);
  if (found !== undefined) return found;
  const hash = keccak256(value);
  const bits = [0, 1, 2].map((pair) => Number.parseInt(hash.slice(2 + 4 * pair, 6 + 4 * pair), 16) & 2_047);
  known.set(value, bits);
  return bits;
}
