import { gunzipSync } from 'node:zlib';

const blockSize = 512;

/**
 * Finds one file in a gzipped tar archive, as npm packs them: POSIX ustar, where a long path is split into prefix and
 * name. Source: POSIX.1-1988, ustar interchange format.
 *
 * @param archive - The bytes of the .tgz.
 * @param path - The file's path inside the archive.
 * @returns The file's bytes; undefined where the archive has no such file.
 */
export function fileInArchive(archive: Uint8Array, path: string): Buffer | undefined {
  const tar = gunzipSync(archive);
  for (let at = 0; at + blockSize <= tar.length;) {
    const header = tar.subarray(at, at + blockSize);
    const text = (from: number, length: number) => {
      const field = header.subarray(from, from + length);
      const end = field.indexOf(0);
      return field.subarray(0, end === -1 ? length : end).toString('utf8');
    };
    const name = text(0, 100);
    // two empty blocks end the archive
    if (name === '') return undefined;
    const prefix = text(345, 155);
    const size = Number.parseInt(text(124, 12).trim(), 8);
    const start = at + blockSize;
    if ((prefix === '' ? name : `${prefix}/${name}`) === path) return tar.subarray(start, start + size);
    at = start + Math.ceil(size / blockSize) * blockSize;
  }
  return undefined;
}
