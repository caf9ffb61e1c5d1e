import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processIsAlive } from '../../scripts/start/processes.ts';

/** Processes that a process started, and those that they started. Empty where the system has no /proc. */
function descendants(pid: number): number[] {
  let all: string[];
  try {
    all = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  const children = all.filter((name) => parentOf(name) === pid).map(Number);
  return [...children, ...children.flatMap(descendants)];
}

function parentOf(pid: string): number | undefined {
  try {
    // proc(5): the second field behind the name, which may hold blanks
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]);
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/** Kills a process and all that it started with SIGKILL, as a machine that loses its power would, and waits for the end. */
export async function crash(pid: number): Promise<void> {
  const all = [pid, ...descendants(pid)];
  for (const one of all) {
    try {
      process.kill(one, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  while (all.some((one) => processIsAlive(one))) await sleep(10);
}
