/** Minutes that are drawn at least of a stream that had a lull. */
const shortest = 15;

/**
 * The minutes of a history that are worth drawing. What lies before a stream's first event is no lull, so a busy
 * stream is drawn from its first full minute on; one whose events are rare keeps a quarter of an hour around them.
 *
 * @param history Events per minute, oldest first; the last minute is still running.
 * @returns Full minutes, oldest first; fewer than two where there is nothing to draw yet.
 */
export function minutesDrawn(history: readonly number[]): number[] {
  const minutes = history.slice(0, -1);
  const began = history.findIndex((count) => count > 0);
  if (began <= 0) return minutes;
  // The minute in which it began was not full.
  const since = minutes.slice(began + 1);
  if (since.every((count) => count > 0)) return since;
  return minutes.slice(Math.min(Math.max(0, began - 1), minutes.length - shortest));
}
