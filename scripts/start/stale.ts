import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Hash over names and contents of files and folders; generated and hidden folders are left out. */
export function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) {
        if (name !== 'node_modules' && !name.startsWith('.')) add(join(path, name));
      }
    } else if (!path.endsWith('.test.ts')) {
      hash.update(path).update('\0').update(readFileSync(path)).update('\0');
    }
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/** Runs a build when its inputs changed since it last succeeded, or its output is gone. */
export async function buildWhenStale(options: {
  readonly inputs: readonly string[];
  /** A file that the build makes. */
  readonly output: string;
  /** Where the hash of the inputs is kept. */
  readonly stamp: string;
  readonly build: () => Promise<void>;
}): Promise<boolean> {
  const hash = hashOf(options.inputs);
  if (existsSync(options.output) && existsSync(options.stamp) && readFileSync(options.stamp, 'utf8') === hash)
    return false;
  await options.build();
  mkdirSync(dirname(options.stamp), { recursive: true });
  writeFileSync(options.stamp, hash);
  return true;
}
