#!/usr/bin/env node
// The command line, straight from its sources: works after `npm install` without a build. The first run after a change
// bundles the sources into node_modules/.cache, since thousands of small files take seconds to load; where that is not
// possible, they are loaded as they are.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const oldestNode = [20, 19];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** Milliseconds after which bundles of earlier sources are removed; runs that began with one may go on for days. */
const keptFor = 7 * 24 * 3600 * 1000;

function giveUp(sentence) {
  console.error(sentence);
  process.exit(1);
}

/** What the bundle depends on, by name, size and time of change. */
function fingerprint() {
  const hash = createHash('sha256').update(`${process.versions.node} ${process.platform}`);
  const folders = ['contracts/generated', 'sdk', 'scripts/tributary'];
  const files = ['package.json', 'package-lock.json'];
  for (const folder of folders) {
    for (const entry of readdirSync(join(root, folder), { recursive: true })) {
      if (/\.(?:ts|mjs)$/.test(entry) && !entry.endsWith('.test.ts')) files.push(join(folder, entry));
    }
  }
  for (const file of files.sort()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${String(size)} ${String(mtimeMs)}\n`);
  }
  return hash.digest('hex').slice(0, 32);
}

/** The bundle of the sources as they are, made where it is not there yet. */
async function bundle() {
  const cache = join(root, 'node_modules', '.cache', 'tributary');
  const ready = join(cache, fingerprint());
  const entry = join(ready, 'main.js');
  if (existsSync(entry)) return entry;
  if (process.stderr.isTTY) console.error('Preparing the command line (once, and after updates) …');
  const { build } = await import('esbuild');
  mkdirSync(cache, { recursive: true });
  for (const old of readdirSync(cache)) {
    const path = join(cache, old);
    if (Date.now() - statSync(path).mtimeMs > keptFor) rmSync(path, { recursive: true, force: true });
  }
  // Written aside, then moved: another run finds it whole or not at all.
  const fresh = `${ready}.${String(process.pid)}`;
  await build({
    absWorkingDir: root,
    entryPoints: { main: 'scripts/tributary/main.ts' },
    outdir: fresh,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: `node${oldestNode.join('.')}`,
    legalComments: 'none',
    logLevel: 'silent',
    // Some packages still ask for others by require.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"
    }
  });
  try {
    renameSync(fresh, ready);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(entry)) throw error;
  }
  return entry;
}

/** The sources themselves. */
async function load() {
  const { register } = await import('tsx/esm/api');
  register();
  return join(root, 'scripts/tributary/main.ts');
}

if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
  giveUp(`Node ${process.versions.node} is too old. Install Node ${oldestNode.join('.')} or newer, then try again.`);
}
if (!existsSync(join(root, 'node_modules', 'tsx', 'package.json'))) {
  giveUp('The packages are missing. Run "npm install" in the folder of the project, then try again.');
}
const entry = await bundle().catch(load);
await import(pathToFileURL(entry).href);
