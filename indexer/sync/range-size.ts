/** Blocks of the first range. */
export const startSize = 1_000;
/** Blocks in the largest range that is asked for at once. */
const largest = 5_000;
/** Logs that a range should bring: few enough for memory, enough for writing in bulk. */
const wantedLogs = 5_000;

/** The range after one that brought `logs` logs: larger while there are few, smaller before there are too many. */
export function sizeAfterSuccess(size: number, logs: number): number {
  const factor = logs === 0 ? 2 : Math.min(2, wantedLogs / logs);
  return Math.max(1, Math.min(largest, Math.round(size * factor)));
}

/** The range after one that was refused or timed out. */
export function sizeAfterFailure(size: number): number {
  return Math.max(1, Math.floor(size / 4));
}

/** Milliseconds to wait after so many failures in a row: doubling, up to five seconds. */
export function backoff(failures: number): number {
  return Math.min(5_000, 100 * 2 ** Math.min(failures, 10));
}
