import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ContentCorruptError, ContentStoreUnavailableError, type ContentStore } from './content-store.ts';
import { contentIdOfFile } from './unixfs.ts';

/**
 * Content store in a folder: one file per CID. A file appears under its name only when it is whole and on disk.
 *
 * @param directory Made when absent.
 */
export function contentFiles(directory: string): ContentStore {
  const pathOf = (cid: string) => join(directory, cid);
  return {
    async put(bytes) {
      const cid = await contentIdOfFile(bytes);
      try {
        if ((await bytesAt(pathOf(cid), bytes.length))?.equals(bytes) === true) return cid;
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeWhole(pathOf(cid), join(directory, `.${randomUUID()}`), bytes);
      } catch (error) {
        throw unavailable(error);
      }
      return cid;
    },
    async get(cid, limit) {
      // a CID in base32 has no other characters; anything else never reaches the file system
      if (!/^b[a-z2-7]{10,120}$/.test(cid)) return null;
      let bytes: Buffer | null;
      try {
        bytes = await bytesAt(pathOf(cid), limit);
      } catch (error) {
        throw unavailable(error);
      }
      if (bytes !== null && (await contentIdOfFile(bytes)) !== cid) {
        throw new ContentCorruptError('The file was changed on disk. Store the content again.');
      }
      return bytes;
    }
  };
}

async function bytesAt(path: string, limit: number): Promise<Buffer | null> {
  try {
    const { size } = await stat(path);
    return size > limit ? null : await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function writeWhole(path: string, temporary: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function unavailable(error: unknown): ContentStoreUnavailableError {
  const code = codeOf(error);
  const reason = code === 'ENOSPC' ? 'the disk is full' : `the folder for content cannot be used (${code})`;
  return new ContentStoreUnavailableError(`Try again later: ${reason}.`, { cause: error });
}
