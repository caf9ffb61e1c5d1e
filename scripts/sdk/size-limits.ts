import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * What a page loads at most for one verb of the sdk with all that it needs, viem and zod included: bytes, minified and
 * gzipped, without what is only loaded when it is needed. Somewhat above what it is; raise one with a reason.
 */
export const sizeLimits: Readonly<Record<string, number>> = {
  'actions/connect-market': 144_000,
  'actions/search-products': 36_000,
  'actions/quote-product': 71_000,
  'actions/buy-license': 69_000,
  'actions/subscribe': 129_000,
  'actions/read-history': 126_000,
  'actions/create-publisher': 107_000,
  'actions/list-product': 82_000,
  'protocol/event-encoding': 31_000,
  'protocol/slot-keys': 34_000
};

/**
 * @param door - Of the sdk, such as "actions/subscribe".
 * @returns Bytes, minified and gzipped, that a browser loads before the door's exports can be used.
 */
export async function sizeOf(door: string): Promise<number> {
  const { outputFiles, metafile } = await build({
    entryPoints: [`sdk/${door}.ts`],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent'
  });
  const bytes = new Map(outputFiles.map(({ path, contents }) => [path, gzipSync(contents, { level: 9 }).length]));
  const wanted = new Set<string>();
  const load = (path: string): void => {
    if (wanted.has(path)) return;
    wanted.add(path);
    for (const { path: next, kind } of metafile.outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') load(next);
    }
  };
  for (const [path, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint === `sdk/${door}.ts`) load(path);
  }
  return [...bytes].reduce((sum, [path, size]) => {
    return [...wanted].some((name) => path.endsWith(name)) ? sum + size : sum;
  }, 0);
}
