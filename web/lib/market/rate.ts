import { m } from '../generated/messages/messages.js';
import { formatNumber } from '../ui/format.ts';

/** The counters of a stream that pages show; the broker's Activity without its address. */
export interface Counters {
  readonly events: number;
  readonly lastEventAt: number | null;
  /** Events in each of the last 60 minutes, oldest first; the last one is the running minute. */
  readonly perMinute: readonly number[];
}

export interface Rate {
  /** Mean of the last five full minutes. */
  readonly perMinute: number;
  readonly lastHour: number;
  readonly lastEventAt: number | null;
  readonly events: number;
  readonly history: readonly number[];
}

const averaged = 5;

/** The counters of several streams as one, such as all streams of a product. */
export function rateOf(counters: readonly Counters[]): Rate {
  const history = Array.from({ length: 60 }, (_, minute) =>
    counters.reduce((sum, one) => sum + (one.perMinute[minute] ?? 0), 0)
  );
  const lastEventAt = Math.max(0, ...counters.map((one) => one.lastEventAt ?? 0));
  return {
    perMinute: meanOf(history),
    lastHour: history.reduce((sum, count) => sum + count, 0),
    lastEventAt: lastEventAt === 0 ? null : lastEventAt,
    events: counters.reduce((sum, one) => sum + one.events, 0),
    history
  };
}

/** Mean of the last full minutes; of a stream that has just begun, of those in which it ran throughout. */
function meanOf(history: readonly number[]): number {
  const running = history.length - 1;
  const began = history.findIndex((count) => count > 0);
  if (began === -1) return 0;
  // Nothing before the first event within this hour says that the stream began there, unless the hour begins with it.
  const first = began === 0 ? 0 : began + 1;
  const full = history.slice(Math.max(running - averaged, first), running);
  if (full.length === 0) return (history[began] ?? 0) + (began === running ? 0 : (history[running] ?? 0));
  return full.reduce((sum, count) => sum + count, 0) / full.length;
}

/** Milliseconds after which a stream counts as quiet, where its seller promises no cadence. */
const patience = 120_000;

/**
 * Whether events are arriving now.
 *
 * @param cadence Seconds between events that the seller promises. @param now Unix milliseconds.
 */
export function isFlowing(rate: Rate | null, cadence: number | undefined, now: number): boolean {
  if (rate?.lastEventAt == null) return false;
  return now - rate.lastEventAt < Math.max(patience, (cadence ?? 0) * 3_000);
}

/** "42 / min", "3 / hour", or "quiet". */
export function formatRate(rate: Rate): string {
  const { perMinute, lastHour } = rate;
  if (perMinute >= 1)
    return m.market_rate_minute({ count: formatNumber(perMinute, { maximumFractionDigits: perMinute >= 10 ? 0 : 1 }) });
  if (lastHour > 0) return m.market_rate_hour({ count: formatNumber(lastHour) });
  return m.market_rate_quiet();
}
