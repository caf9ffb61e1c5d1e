import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StartError } from './errors.ts';
import { processCommand, processIsAlive } from './processes.ts';

const lockSchema = z.object({ pid: z.int().positive() });

/**
 * Makes sure that only one market runs on a data folder. A lock whose process is gone, or is some other program by
 * now, is taken over.
 *
 * @returns how to give the lock back
 * @throws {@link StartError} when a market runs already
 */
export function takeLock(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid }), { flag: 'wx', mode: 0o600 });
      return () => {
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && processIsAlive(holder) && processCommand(holder).includes('scripts/start/main.ts')) {
      throw new StartError(
        `A market already runs on this data folder (process ${String(holder)}). Use that one, or end it: kill ${String(holder)}`
      );
    }
    rmSync(file, { force: true });
  }
}

function readHolder(file: string): number | undefined {
  try {
    const parsed = lockSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data.pid : undefined;
  } catch {
    // half-written by a process that was killed: nobody holds it
    return undefined;
  }
}
