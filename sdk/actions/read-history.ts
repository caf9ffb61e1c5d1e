import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import type { Reader, ReceivedEvent } from './event-reader.ts';
import type { SessionSource } from './keep-session.ts';
import { openHistory } from './open-history.ts';
import type { HistoryStart } from './open-history.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface ReadHistoryParameters {
  readonly market: Market;
  readonly stream: Address;
  /** All of them unless said otherwise. */
  readonly partition?: number;
  /** Where to begin in each partition. */
  readonly from: HistoryStart;
  /** Most events to read of each partition, 1 to 1,000; 100 unless said otherwise. */
  readonly limit?: number;
  /** Who asks, as authenticate or keepSession give it: needed unless everyone may read. */
  readonly session?: SessionSource | undefined;
  /** Who reads; its grants are fetched and opened. Without one, encrypted events stay locked. */
  readonly reader?: Reader;
  /** Keys that are at hand already. */
  readonly keys?: readonly StreamKeys[];
}
export type ReadHistoryReturnType = readonly ReceivedEvent[];

/** Partitions read at once. */
const atOnce = 8;

/**
 * Reads stored events, verified and, where keys are held, decrypted. Of several partitions in the order of their
 * timestamps; within each in the order of the log.
 *
 * @throws as {@link openHistory} and its pages.
 *
 * @example
 * const events = await readHistory({ market, stream, session, from: { last: 20 }, reader: { licensee, keyPair } });
 */
export async function readHistory(parameters: ReadHistoryParameters): Promise<ReadHistoryReturnType> {
  const { partition, from, limit } = parameters;
  const history = await openHistory(parameters);
  const all = partition === undefined ? Array.from({ length: history.partitions }, (_, at) => at) : [partition];
  let events: readonly ReceivedEvent[] = [];
  for (let at = 0; at < all.length; at += atOnce) {
    const pages = all.slice(at, at + atOnce).map((one) => history.page({ partition: one, from, limit }));
    events = mergeByTime([events, ...(await Promise.all(pages))]);
  }
  return events;
}

/** Always the earliest of what comes next in each list: an event never overtakes one that is before it in its own. */
function mergeByTime(lists: readonly (readonly ReceivedEvent[])[]): readonly ReceivedEvent[] {
  const filled = lists.filter((list) => list.length > 0);
  if (filled.length <= 1) return filled[0] ?? [];
  const merged: ReceivedEvent[] = [];
  const at = filled.map(() => 0);
  for (;;) {
    let best: { readonly list: number; readonly received: ReceivedEvent } | undefined;
    for (const [list, events] of filled.entries()) {
      const received = events[at[list] ?? 0];
      if (received === undefined) continue;
      if (best === undefined || received.event.timestamp < best.received.event.timestamp) best = { list, received };
    }
    if (best === undefined) return merged;
    merged.push(best.received);
    at[best.list] = (at[best.list] ?? 0) + 1;
  }
}
