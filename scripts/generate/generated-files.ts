import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Text in the style of the project, for the file at `path` (from the root). */
export async function formatted(path: string, text: string): Promise<string> {
  const options = await prettier.resolveConfig(join(root, path));
  return prettier.format(text, { ...options, filepath: path });
}

/**
 * Writes generated files, or with `--check` among the arguments only compares: then the process exits with 1 and names
 * the files that differ.
 *
 * @param files - Path from the root -> text.
 * @param generator - Path of the program, named in the message.
 */
export async function writeOrCheck(files: ReadonlyMap<string, string>, generator: string): Promise<void> {
  const check = process.argv.includes('--check');
  const differing: string[] = [];
  for (const [path, text] of files) {
    const absolute = join(root, path);
    const present = await readFile(absolute, 'utf8').catch(() => undefined);
    if (present === text) continue;
    differing.push(path);
    if (check) continue;
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, text);
  }
  const list = differing.map((path) => `  ${path}\n`).join('');
  if (differing.length === 0) process.stdout.write('All generated files are as they should be.\n');
  else if (!check) process.stdout.write(`Written:\n${list}`);
  else {
    process.stderr.write(`Out of date; run node --import tsx ${generator}:\n${list}`);
    process.exitCode = 1;
  }
}
