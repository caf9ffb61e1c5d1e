import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * First-load JavaScript of the market page, as `vite build` left it: every module that the page's HTML makes the browser
 * load before anything is clicked. Prints each file and the sum; fails above the budget. Run after `vite build`:
 *
 *   node --import tsx scripts/bench/first-load.ts [route, "/" unless given]
 */
const budget = 70_000;

interface Chunk {
  readonly file: string;
  /** Keys of the chunks that load with it. */
  readonly imports?: readonly string[];
}

const route = process.argv[2] ?? '/';
const generated = join('.svelte-kit', 'generated', 'client-optimized');
const output = join('.svelte-kit', 'output', 'client');
const manifest = JSON.parse(readFileSync(join(output, '.vite', 'manifest.json'), 'utf8')) as Record<string, Chunk>;

/** Numbers of the nodes whose component is one of these files of web/routes. */
function nodesOf(components: readonly string[]): string[] {
  const folder = join(generated, 'nodes');
  return readdirSync(folder).filter((name) => {
    const source = readFileSync(join(folder, name), 'utf8');
    return components.some((component) => source.includes(`/web/routes${component}"`));
  });
}

/** The chunk and everything that loads with it. */
function closure(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (chunk === undefined || seen.has(key)) return seen;
  seen.add(key);
  for (const next of chunk.imports ?? []) closure(next, seen);
  return seen;
}

const leaf = `${route === '/' ? '' : route}/+page.svelte`;
const nodes = nodesOf(['/+layout.svelte', leaf]);
if (nodes.length < 2) {
  process.stderr.write(`There is no page ${route}, or "vite build" has not run.\n`);
  process.exit(1);
}
const entries = [
  ...Object.keys(manifest).filter((key) => key.endsWith('@sveltejs/kit/src/runtime/client/entry.js')),
  `${generated}/app.js`,
  ...nodes.map((name) => `${generated}/nodes/${name}`)
];
const files = new Set(entries.flatMap((entry) => [...closure(entry)]).map((key) => manifest[key]?.file ?? ''));
let [raw, compressed] = [0, 0];
for (const name of [...files].filter((path) => path.endsWith('.js')).sort()) {
  const bytes = readFileSync(join(output, name));
  const size = gzipSync(bytes, { level: 9 }).length;
  raw += bytes.length;
  compressed += size;
  process.stdout.write(`${String(size).padStart(8)}  ${name}\n`);
}
const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
process.stdout.write(
  `first-load JavaScript of ${route}: ${kilobytes(compressed)} gzip (${kilobytes(raw)} raw) in ${String(files.size)} files; budget ${kilobytes(budget)}\n`
);
process.exitCode = compressed > budget ? 1 : 0;
