import { webhookLimits } from '#sdk/protocol/webhooks';

/** When what failed is tried again. Milliseconds. */
export interface Schedule {
  /** Waiting times after the first, second, … failure of a delivery; after the last it is given up. */
  readonly retries: readonly number[];
  /** Pause of a whole webhook after one failure; it doubles with every further one, up to the longest. */
  readonly pause: number;
  readonly longestPause: number;
  /** How long nothing has arrived when a webhook is disabled. */
  readonly disabledAfter: number;
}

const seconds = 1_000;
const minutes = 60_000;
const hours = 3_600_000;

/** Eleven tries within a day; a webhook at which nothing arrives for three days is disabled. */
export const usualSchedule: Schedule = {
  retries: [
    ...[5 * seconds, 30 * seconds, 2 * minutes, 10 * minutes, 30 * minutes],
    ...[1 * hours, 2 * hours, 4 * hours, 6 * hours, 8 * hours]
  ],
  pause: 1 * seconds,
  longestPause: 5 * minutes,
  disabledAfter: 72 * hours
};

/**
 * When a delivery is tried again, with a tenth more or less by chance so that not all come at once.
 *
 * @param tried Tries that failed, this one included.
 * @returns Unix milliseconds; null where it is given up.
 */
export function nextTryOf(
  { retries }: Schedule,
  { tried, createdAt, now, retryAfter }: { tried: number; createdAt: number; now: number; retryAfter: number | null },
  chance = Math.random()
): number | null {
  const wait = retries[tried - 1];
  if (wait === undefined) return null;
  const next = now + Math.max(Math.round(wait * (0.9 + 0.2 * chance)), retryAfter ?? 0);
  return next - createdAt > webhookLimits.kept ? null : next;
}

/** How long nothing is tried at a webhook after so many failures in a row. */
export function pauseOf({ pause, longestPause }: Schedule, failures: number, retryAfter: number | null): number {
  return Math.max(Math.min(longestPause, pause * 2 ** Math.min(failures - 1, 20)), retryAfter ?? 0);
}
