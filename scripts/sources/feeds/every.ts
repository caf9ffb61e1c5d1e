import { setTimeout as sleep } from 'node:timers/promises';
import type { Content, Feed } from './feed.ts';

/**
 * A feed that takes a measurement at a steady pace.
 *
 * @param seconds Between two measurements.
 * @param measure Takes one.
 */
export function every(seconds: number, measure: (signal: AbortSignal) => Content | Promise<Content>): Feed {
  return {
    sample: async (signal) => {
      const contents: Content[] = [];
      for (let count = 0; count < 3; count++) {
        contents.push(await measure(signal));
        await sleep(300, undefined, { signal });
      }
      return contents;
    },
    run: async (emit, signal) => {
      const pace = seconds * 1000;
      let due = Date.now();
      while (!signal.aborted) {
        emit(await measure(signal));
        // A measurement that took long or a machine that slept does not lead to a burst.
        due = Math.max(due + pace, Date.now());
        await sleep(due - Date.now(), undefined, { signal });
      }
    }
  };
}
