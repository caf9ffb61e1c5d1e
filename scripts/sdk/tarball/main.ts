import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { pack, writePackage } from '../package.ts';

/** Puts the sdk's tarball where its one argument says. */
const [target] = z.tuple([z.string()]).parse(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), 'tributary-sdk-'));
try {
  const directory = join(folder, 'package');
  await writePackage({ directory, types: true });
  copyFileSync(await pack(directory), target);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
