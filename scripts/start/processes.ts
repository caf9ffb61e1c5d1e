import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the system knows a process of this id: one that runs, or one that ended and whose parent has not asked how. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process runs; one that ended does not, though its parent may not have asked how yet. */
export function processIsAlive(pid: number): boolean {
  return processExists(pid) && !isZombie(pid);
}

function isZombie(pid: number): boolean {
  try {
    // proc(5): the state is the first field behind the name, which may hold blanks and brackets
    return (
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.startsWith('Z') === true
    );
  } catch {
    // It is gone, or there is no /proc.
    return false;
  }
}

/** Signals a process, ever harder, until it is gone; each signal gets the given milliseconds. */
export async function endProcess(pid: number, signals: readonly NodeJS.Signals[], patience: number): Promise<void> {
  for (const signal of signals) {
    if (!processIsAlive(pid)) return;
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (!processIsAlive(pid)) return;
      await sleep(20);
    }
  }
}

/** The command line of a process, or nothing where it is gone or hidden. */
export function processCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // no /proc on this system, or no such process
  }
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '';
  }
}

/** Processes that work in a folder, which Postgres and its sessions do. Empty where the system has no /proc. */
export function processesIn(folder: string): number[] {
  let all: string[];
  try {
    all = readdirSync('/proc');
  } catch {
    return [];
  }
  return all.filter((name) => /^\d+$/.test(name) && folderOf(name) === folder).map(Number);
}

function folderOf(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    // It ended meanwhile, or is somebody else's.
    return undefined;
  }
}
