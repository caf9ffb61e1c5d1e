import type { Activity } from '#sdk/protocol/activity';
import { serviceWindows } from '../search/patience.ts';

/** Minutes that are kept one by one: 24 hours. */
const kept = 1_440;
const minutesPerDay = 1_440;
/** Minutes over which "events a minute" is now. */
const present = 5;

/** What is known of a stream: null in `recent` where nobody counted, and before its first event. */
export interface KnownActivity {
  readonly events: number;
  readonly lastEventAt: number | null;
  /** Events of whole minutes, oldest first; the last is `minute`, in minutes since 1970. */
  readonly recent: readonly (number | null)[];
  readonly minute: number;
}

/** Sums over minutes that were counted. */
export interface ServiceSums {
  readonly events: number;
  readonly observed: number;
  /** For each of `serviceWindows`. */
  readonly served: readonly number[];
  /** Minutes. */
  readonly longestGap: number;
}

export interface MergedActivity extends KnownActivity {
  /** Events a minute now. */
  readonly perMinute: number;
  /** Of all minutes that are kept. */
  readonly day: ServiceSums;
  /** Of the minutes that are new, by day since 1970. */
  readonly added: ReadonlyMap<number, ServiceSums>;
}

/**
 * What was known, and what the broker says now -> what is known now. Time before a stream's first event, or before
 * anybody looked, counts neither for nor against it.
 *
 * @param now Milliseconds since 1970, of the same minute in which the broker answered.
 */
export function mergeActivity(known: KnownActivity | null, told: Activity, now: number): MergedActivity {
  const running = Math.floor(now / 60_000);
  const last = running - 1;
  // the last minute told of is still running
  const whole = told.perMinute.slice(0, -1);
  // a broker that counts less than it did is another one: its past says nothing of this one's
  const trusted = known !== null && known.recent.length > 0 && told.events >= known.events && known.minute <= last;
  const fresh = trusted ? freshMinutes(known, whole, last) : firstMinutes(told, whole);
  const recent = trusted ? [...known.recent, ...fresh] : fresh;
  const states = serviceOf(recent);
  const first = last - recent.length + 1;
  const added = new Map<number, ServiceSums>();
  for (const [offset, state] of states.slice(states.length - fresh.length).entries()) {
    const day = Math.floor((last - fresh.length + 1 + offset) / minutesPerDay);
    added.set(day, plus(added.get(day) ?? none, state));
  }
  const window = Math.max(0, recent.length - kept);
  const latest = recent.slice(-present).flatMap((count) => count ?? []);
  return {
    events: told.events,
    lastEventAt: told.lastEventAt,
    recent: recent.slice(window),
    minute: first + recent.length - 1,
    perMinute: latest.length === 0 ? 0 : latest.reduce((sum, count) => sum + count, 0) / latest.length,
    day: states.slice(window).reduce(plus, none),
    added
  };
}

const none: ServiceSums = { events: 0, observed: 0, served: serviceWindows.map(() => 0), longestGap: 0 };

function plus(sums: ServiceSums, more: ServiceSums): ServiceSums {
  return {
    events: sums.events + more.events,
    observed: sums.observed + more.observed,
    served: sums.served.map((minutes, place) => minutes + (more.served[place] ?? 0)),
    longestGap: Math.max(sums.longestGap, more.longestGap)
  };
}

/** Minutes after those that are known; unknown where the broker does not look back that far. */
function freshMinutes(known: KnownActivity, whole: readonly number[], last: number): (number | null)[] {
  const wanted = last - known.minute;
  const unknown = Math.min(kept, Math.max(0, wanted - whole.length));
  const counted = whole.slice(whole.length - Math.min(wanted, whole.length));
  return [...new Array<null>(unknown).fill(null), ...(known.events === 0 ? sinceFirstEvent(counted) : counted)];
}

/** Minutes of a stream that had no event before them: what lies before the first is no lull. */
function sinceFirstEvent(minutes: readonly number[]): (number | null)[] {
  const first = minutes.findIndex((count) => count > 0);
  return minutes.map((count, place) => (first === -1 || place < first ? null : count));
}

/** The first time: the hour that the broker tells of, from the stream's first event on where it lies in it. */
function firstMinutes(told: Activity, whole: readonly number[]): (number | null)[] {
  const counted = told.perMinute.reduce((sum, count) => sum + count, 0);
  if (told.events > counted) return [...whole];
  const first = whole.findIndex((count) => count > 0);
  // the next look goes on from a minute that is known
  return first === -1 ? [null] : whole.slice(first);
}

/** Each minute by itself: whether the newest event was young enough, and how long nothing had come. */
function serviceOf(minutes: readonly (number | null)[]): ServiceSums[] {
  let quiet = 0;
  let sinceEvent = Infinity;
  return minutes.map((count) => {
    sinceEvent = count !== null && count > 0 ? 0 : sinceEvent + 1;
    if (count === null) {
      quiet = 0;
      return none;
    }
    quiet = count > 0 ? 0 : quiet + 1;
    return {
      events: count,
      observed: 1,
      served: serviceWindows.map((window) => (sinceEvent < window ? 1 : 0)),
      longestGap: quiet
    };
  });
}
