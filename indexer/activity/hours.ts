import type { HourlyEvents } from '#sdk/protocol/discovery';

const hours = 24;
const minutesPerHour = 60;
const millisecondsPerMinute = 60_000;

/** What is kept of a stream's minutes: see `streamActivity`. */
export interface CountedMinutes {
  /** Events of whole minutes, oldest first; null where nobody counted, and before the stream's first event. */
  readonly recent: readonly (number | null)[];
  /** The last of them, in minutes since 1970. */
  readonly minute: number;
}

/**
 * Minutes of several streams -> the last 24 hours of them together. The hours end with the last whole minute, not with
 * the clock's hour: all of them are equally long, and none is still running.
 *
 * @param now Milliseconds since 1970.
 * @returns A minute counts as observed where any of the streams was.
 */
export function hourlyEvents(streams: readonly CountedMinutes[], now: number): HourlyEvents {
  const end = Math.floor(now / millisecondsPerMinute);
  const start = end - hours * minutesPerHour;
  const sums = new Float64Array(hours * minutesPerHour);
  const watched = new Uint8Array(hours * minutesPerHour);
  for (const { recent, minute } of streams) {
    const first = minute - recent.length + 1 - start;
    // a page of products has tens of thousands of minutes: no iterators
    const last = Math.min(recent.length, sums.length - first);
    for (let offset = Math.max(0, -first); offset < last; offset += 1) {
      const count = recent[offset] ?? null;
      if (count === null) continue;
      const place = first + offset;
      sums[place] = (sums[place] ?? 0) + count;
      watched[place] = 1;
    }
  }
  const observed = hourSums(watched);
  return {
    until: end * millisecondsPerMinute,
    events: hourSums(sums).map((events, hour) => (observed[hour] === 0 ? null : events)),
    observed
  };
}

function hourSums(minutes: Float64Array | Uint8Array): number[] {
  return Array.from({ length: hours }, (_, hour) => {
    let sum = 0;
    const end = (hour + 1) * minutesPerHour;
    for (let minute = hour * minutesPerHour; minute < end; minute += 1) sum += minutes[minute] ?? 0;
    return sum;
  });
}
