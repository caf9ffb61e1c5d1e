import type { ShownEvent } from './messages.ts';

const nameOf = ({ partition, offset }: ShownEvent) => `${String(partition)}:${String(offset)}`;

/** By the publishers' clocks, and by the log where they say the same. */
const newestFirst = (one: ShownEvent, other: ShownEvent) =>
  other.timestamp - one.timestamp || other.offset - one.offset || other.partition - one.partition;

/**
 * Puts arrived events among those that are known, one per partition and offset: an event that could not be read at first
 * comes again, and a new reading brings the history again.
 *
 * @param most How many of the newest are kept.
 * @returns The events, newest first, and how many of them are new.
 */
export function mergeEvents(
  known: readonly ShownEvent[],
  arrived: readonly ShownEvent[],
  most: number
): { readonly events: readonly ShownEvent[]; readonly added: number } {
  const byName = new Map(known.map((event) => [nameOf(event), event]));
  let added = 0;
  for (const event of arrived) {
    const before = byName.get(nameOf(event));
    if (!before) added += 1;
    // What came live keeps its delay when it comes again.
    byName.set(nameOf(event), before ? { ...event, latency: before.latency ?? event.latency } : event);
  }
  return { events: [...byName.values()].sort(newestFirst).slice(0, most), added };
}
