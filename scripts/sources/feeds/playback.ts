import { setTimeout as sleep } from 'node:timers/promises';
import type { Content, Feed } from './feed.ts';

/**
 * Plays a recording back, one record at a time, and begins again at its end. Where it stands follows from the clock, so
 * that it goes on where it would be after a pause of this program.
 *
 * @param seconds Between two records.
 * @param load Reads the recording, in the order of its time.
 */
export function playback(seconds: number, load: () => readonly Content[]): Feed {
  let records: readonly Content[] | undefined;
  const recording = () => (records ??= load());
  return {
    sample: () => Promise.resolve(recording().slice(0, 5)),
    run: async (emit, signal) => {
      const pace = seconds * 1000;
      let last = -1;
      while (!signal.aborted) {
        const beat = Math.floor(Date.now() / pace);
        const record = recording()[beat % recording().length];
        // a timer may ring a little before its time
        if (beat !== last && record !== undefined) emit(record);
        last = beat;
        await sleep(Math.max(1, (beat + 1) * pace - Date.now()), undefined, { signal });
      }
    }
  };
}
