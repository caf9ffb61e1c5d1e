import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileBusyError, FileExposedError } from './errors.ts';

/** Files that only their owner may read: keys, and what was spent. */

/** Bytes that such a file may have. */
const limit = 16 * 1024 * 1024;
/** Milliseconds to wait for another run, and between two looks. */
const patience = 20_000;
const pause = 50;

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
const isThere = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'EEXIST';

/**
 * Reads a file; undefined where there is none.
 *
 * @throws {@link FileExposedError} where others may read or write it.
 */
export async function readPrivateFile(file: string): Promise<string | undefined> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    // Of the file that was opened, not of what has its name by now.
    const facts = await handle.stat();
    if (!facts.isFile() || facts.size > limit || (process.platform !== 'win32' && (facts.mode & 0o077) !== 0)) {
      throw new FileExposedError(file);
    }
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Writes a file whole or not at all, durably, mode 0600, in a folder of mode 0700. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await makePrivateFolder(dirname(file));
  const fresh = `${file}.${String(process.pid)}.new`;
  const handle = await open(fresh, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(fresh, file);
}

async function makePrivateFolder(folder: string): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await chmod(folder, 0o700);
}

/** Whether others may read or write what is at the path; undefined where nothing is there. */
export async function isExposed(path: string): Promise<boolean | undefined> {
  try {
    return process.platform !== 'win32' && ((await stat(path)).mode & 0o077) !== 0;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * Does something while no other run on this machine does anything to the same file. A lock whose holder is gone is taken
 * over.
 *
 * @throws {@link FileBusyError} when another run holds it for 20 seconds.
 */
export async function whileLocked<T>(file: string, task: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  await makePrivateFolder(dirname(lock));
  const deadline = Date.now() + patience;
  while (!(await takeLock(lock))) {
    if (Date.now() > deadline) throw new FileBusyError(lock);
    await sleep(pause);
  }
  try {
    return await task();
  } finally {
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if (!isThere(error)) throw error;
  }
  const holder = Number(await readLock(lock));
  if (holder === process.pid || holder === 0 || isAlive(holder)) return false;
  const stale = join(dirname(lock), `.stale-${randomUUID()}`);
  try {
    // Moved first: of several that find it, one gets it. Whoever got a newer one instead puts it back.
    await rename(lock, stale);
    if (Number(await readLock(stale)) !== holder) await link(stale, lock);
    await rm(stale, { force: true });
  } catch (error) {
    if (!isMissing(error) && !isThere(error)) throw error;
  }
  return false;
}

async function readLock(lock: string): Promise<string> {
  try {
    return (await readPrivateFile(lock)) ?? '';
  } catch (error) {
    if (error instanceof FileExposedError) return '';
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
