import { slotAt } from '#sdk/protocol/slot-keys';
import type { StreamRoot } from '../keys/stream-roots.ts';

/** Slots between making a new era's keys and its first slot: time for them to reach everybody. */
export const slotsAhead = 2;

/**
 * The newest keys whose era has begun: what is published earlier under those that follow, nobody could read.
 *
 * @param roots Of one stream, by era. @param now Unix milliseconds. @param slotDuration Seconds.
 */
export function begunRoot(roots: readonly StreamRoot[], now: number, slotDuration: number): StreamRoot | undefined {
  const slot = slotAt(now, slotDuration);
  const begun = roots.findLast(({ createdAt }) => slotAt(createdAt, slotDuration) + slotsAhead <= slot);
  // The first era begins when it is made.
  return begun ?? roots[0];
}
