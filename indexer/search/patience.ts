/** How long nothing may come before somebody misses something. */

/** Seconds without an event after which a stream that promised nothing counts as silent. */
export const usualPatience = 900;
/** Seconds at least: so late may the broker's counters be known here. */
export const leastPatience = 180;
/** Times a promise that may pass without an event. */
export const patienceFactor = 2.5;

/** Seconds between events as promised -> seconds of silence after which a stream is not live any more. */
export function patienceOf(cadence: number | null): number {
  return cadence === null ? usualPatience : Math.max(leastPatience, patienceFactor * cadence);
}

/** Minutes within which an event must have come for a minute to count as served, from strict to lenient. */
export const serviceWindows = [1, 10, 60, 1_440] as const;

/**
 * Minutes served by the window that a promise fits in.
 *
 * @param served Minutes for each of `serviceWindows`. @param cadence Seconds between events as promised.
 */
export function servedWithin(served: readonly number[], cadence: number): number {
  const place = serviceWindows.findIndex((minutes) => cadence <= minutes * 60);
  return served.at(place) ?? 0;
}
