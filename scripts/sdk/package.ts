import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { asOutside } from '#sdk/protocol/package-name';
import { manifestOf } from './manifest.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

/** Import and export specifiers of files beside or above. */
const relativeSpecifier = /(\b(?:from|import)\s*\(?\s*["'])(\.{1,2}\/[^"']+)\.ts(["'])/g;

export interface PackageOptions {
  /** Becomes the package; what is there is removed. */
  readonly directory: string;
  /** With types and the reference made of them, which takes seconds. */
  readonly types: boolean;
}

/** Writes the sdk as a package of its own: modules as they are in the sources, each a door. */
export async function writePackage({ directory, types }: PackageOptions): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  const dist = join(directory, 'dist');
  mkdirSync(dist, { recursive: true });
  const sources = [...sourcesIn('sdk/actions'), ...sourcesIn('sdk/protocol'), ...sourcesIn('contracts/generated')];
  await build({
    absWorkingDir: root,
    entryPoints: sources,
    outbase: '.',
    outdir: dist,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    logLevel: 'silent'
  });
  if (types) await writeTypes(dist, sources);
  for (const file of filesIn(dist)) {
    writeFileSync(file, readFileSync(file, 'utf8').replace(relativeSpecifier, '$1$2.js$3'));
  }
  if (types) {
    // With it comes the compiler, which takes seconds to load.
    const { writeReference } = await import('./reference.ts');
    writeReference(dist, join(directory, 'docs'));
  }
  cpSync(join(root, 'sdk/protocol/vectors'), join(dist, 'sdk/protocol/vectors'), { recursive: true });
  mkdirSync(join(directory, 'examples'));
  for (const example of sourcesIn('sdk/examples')) {
    const text = readFileSync(join(root, example), 'utf8');
    writeFileSync(join(directory, example.replace('sdk/', '')), asOutside(text));
  }
  cpSync(join(root, 'LICENSE'), join(directory, 'LICENSE'));
  cpSync(join(root, 'sdk/README.md'), join(directory, 'README.md'));
  cpSync(join(root, 'sdk/protocol/README.md'), join(directory, 'docs/wire-format.md'));
  const made = filesIn(dist).map((file) => readFileSync(file, 'utf8'));
  const manifest = manifestOf(readFileSync(join(root, 'package.json'), 'utf8'), made);
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Declarations, by the native compiler. */
async function writeTypes(dist: string, sources: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-sdk-'));
  try {
    const project = join(folder, 'tsconfig.json');
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: root,
      outDir: dist
    };
    const files = ['sdk/platform.d.ts', ...sources].map((file) => join(root, file));
    writeFileSync(project, JSON.stringify({ extends: join(root, 'tsconfig.base.json'), compilerOptions, files }));
    await run(process.execPath, [join(root, 'node_modules/typescript-7/bin/tsc'), '--project', project]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sources below a folder of the project, tests and what only they use left out. */
function sourcesIn(folder: string): string[] {
  return filesIn(join(root, folder))
    .map((file) => relative(root, file))
    .filter((file) => file.endsWith('.ts') && !/\.(?:test|arbitrary)\.ts$/.test(file));
}

/** Files of modules below a folder. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Packs a package as `npm publish` would.
 *
 * @returns The tarball, beside the package.
 */
export async function pack(directory: string): Promise<string> {
  const target = dirname(directory);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', target], { cwd: directory });
  const [{ filename } = { filename: '' }] = JSON.parse(stdout) as { filename: string }[];
  return join(target, filename);
}
