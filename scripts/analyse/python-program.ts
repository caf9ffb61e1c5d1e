import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TributaryError } from '#sdk/protocol/problem';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));

export class ProgramMissingError extends TributaryError {
  readonly code = 'program-missing';
  readonly title = 'The contracts were not analysed: the program for it is not here';
}

/**
 * A program written in Python: the one on PATH, or one that is installed into a folder of its own below .tributary.
 *
 * @param name - Of the program.
 * @param requirement - What pip installs, with its version.
 * @returns what to start it by.
 * @throws ProgramMissingError where there is no Python, or no way to its package index.
 */
export async function pythonProgram(name: string, requirement: string): Promise<string> {
  const answers = (path: string): Promise<boolean> =>
    run(path, ['--version']).then(
      () => true,
      () => false
    );
  if (await answers(name)) return name;
  const folder = join(root, '.tributary', name);
  const installed = join(folder, 'bin', name);
  if (await answers(installed)) return installed;
  process.stdout.write(`Installing ${requirement} into .tributary/${name}.\n`);
  try {
    await mkdir(dirname(folder), { recursive: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '--quiet', requirement], { timeout: 600_000 });
  } catch (cause) {
    throw new ProgramMissingError(
      `Put ${name} on PATH, or Python 3 with venv and a way to its package index: ${String(cause)}`,
      { cause }
    );
  }
  return installed;
}
