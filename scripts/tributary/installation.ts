import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { TributaryError } from '#sdk/protocol/problem';

/** The command line is not where its project is. */
class InstallationError extends TributaryError {
  readonly code = 'installation-broken';
  readonly title = 'The project is not whole';
  override readonly status = 500;
}

const packageSchema = z.object({ name: z.literal('tributary'), version: z.string() });

/**
 * Where the project is, and its version: this program may run from its sources or from a bundle of them, which both lie
 * below.
 *
 * @throws {@link InstallationError}
 */
export function findInstallation(): { readonly root: string; readonly version: string } {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const parsed = packageSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
      if (parsed.success) return { root: folder, version: parsed.data.version };
    }
    const parent = dirname(folder);
    if (parent === folder) throw new InstallationError('Get the project anew: its package.json is missing.');
    folder = parent;
  }
}
