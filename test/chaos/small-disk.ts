import { execFile } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A file system of its own that can be filled to the last byte. */
export interface SmallDisk {
  /** Folder on which it is mounted. */
  readonly directory: string;
  /** Takes all space that is left. */
  fill(): void;
  /** Gives it back. */
  free(): void;
  remove(): Promise<void>;
}

const block = Buffer.alloc(256 * 1024);

/**
 * Mounts a small tmpfs.
 *
 * @param megabytes Its size.
 * @returns Why not, as a sentence, where this account may not mount or the system has no tmpfs.
 */
export async function mountSmallDisk(directory: string, megabytes: number): Promise<SmallDisk | string> {
  mkdirSync(directory, { recursive: true });
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${String(megabytes)}m,mode=0711`, 'tributary-chaos', directory]);
  } catch (error) {
    return `No small disk can be mounted here: ${error instanceof Error ? error.message.trim() : String(error)}`;
  }
  const ballast = join(directory, 'ballast');
  return {
    directory,
    fill: () => {
      const file = openSync(ballast, 'w');
      try {
        for (let size = block.length; size >= 512;) {
          try {
            if (writeSync(file, block, 0, size) < size) size >>= 1;
          } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
            size >>= 1;
          }
        }
      } finally {
        closeSync(file);
      }
    },
    free: () => {
      rmSync(ballast, { force: true });
    },
    remove: async () => {
      // Whoever still looks at it does not keep it mounted.
      await run('umount', ['--lazy', directory]);
    }
  };
}
