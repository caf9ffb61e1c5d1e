import { join, resolve } from 'node:path';
import { pack, writePackage } from './package.ts';
import { sizeLimits, sizeOf } from './size-limits.ts';

/** Makes the sdk's package, with types and reference, its tarball, and says how large its verbs are in a page. */
const directory = resolve('dist', 'sdk');
await writePackage({ directory, types: true });
const tarball = await pack(directory);
const rows = await Promise.all(
  Object.entries(sizeLimits).map(async ([door, limit]) => {
    const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1).padStart(6);
    return `${door.padEnd(26)}${kilobytes(await sizeOf(door))} kB of ${kilobytes(limit)} kB, gzip`;
  })
);
process.stdout.write(`${rows.join('\n')}\n\n${join(tarball)}\n`);
