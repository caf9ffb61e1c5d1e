import type { ShownEvent } from './messages.ts';

/**
 * Puts arrived events among those that are known, one per offset: an event that could not be read at first comes
 * again, and a new reading brings the history again.
 *
 * @param most How many of the newest are kept.
 * @returns The events, newest first, and how many of them are new.
 */
export function mergeEvents(
  known: readonly ShownEvent[],
  arrived: readonly ShownEvent[],
  most: number
): { readonly events: readonly ShownEvent[]; readonly added: number } {
  const byOffset = new Map(known.map((event) => [event.offset, event]));
  let added = 0;
  for (const event of arrived) {
    const before = byOffset.get(event.offset);
    if (!before) added += 1;
    // What came live keeps its delay when it comes again.
    byOffset.set(event.offset, before ? { ...event, latency: before.latency ?? event.latency } : event);
  }
  return { events: [...byOffset.values()].sort((one, other) => other.offset - one.offset).slice(0, most), added };
}
