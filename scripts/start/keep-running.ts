import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from './ledger.ts';

/** A program that somebody else wrote and that the market needs: Postgres, the chain, graph-node. */
export interface Part {
  readonly pid: number;
  /** Fulfilled when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const attempts = 5;

/**
 * Starts a part and starts it again whenever it ends by itself; after some failures in a row it stays down, said aloud.
 *
 * @param note Told what happens, in words.
 * @returns the part as first started, and how to end it for good
 * @throws whatever the first start throws
 */
export async function keepRunning<T extends Part>(
  name: string,
  start: () => Promise<T>,
  ledger: Ledger,
  note: (line: string) => void
): Promise<{ readonly first: T; stop(): Promise<void> }> {
  let stopping = false;
  // asked anew after every wait
  const wanted = () => !stopping;
  let current: Part;
  const watch = (part: Part): void => {
    current = part;
    ledger.add(name, part.pid);
    void part.ended.then(async () => {
      ledger.remove(part.pid);
      for (let attempt = 1; wanted(); attempt += 1) {
        note(`${name} ended and is started again.`);
        try {
          const again = await start();
          if (wanted()) watch(again);
          else await again.stop();
          return;
        } catch (error) {
          note(`${name} could not be started again: ${(error as Error).message}`);
          if (attempt === attempts) {
            note(`${name} stays down. End the market with Ctrl-C and start it anew.`);
            return;
          }
          await sleep(1_000 * attempt);
        }
      }
    });
  };
  const first = await start();
  watch(first);
  return {
    first,
    stop: async () => {
      stopping = true;
      await current.stop();
    }
  };
}
