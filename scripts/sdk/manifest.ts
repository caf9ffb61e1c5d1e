import { z } from 'zod';
import { packageName } from '#sdk/protocol/package-name';
import { TributaryError } from '#sdk/protocol/problem';

/** What those who use the sdk bring themselves, since accounts and clients of it are handed in. */
const peers = new Set(['viem']);

const projectSchema = z.object({
  version: z.string(),
  license: z.string(),
  engines: z.object({ node: z.string() }),
  dependencies: z.record(z.string(), z.string())
});

/** The sdk imports a package of which the project does not say the version. */
export class DependencyUnknownError extends TributaryError {
  readonly code = 'dependency-unknown';
  readonly title = 'A package has no version';

  constructor(name: string) {
    super(`The sdk imports ${name}: name it among the dependencies in package.json.`);
  }
}

const specifier = /\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g;

/**
 * The package.json of the sdk.
 *
 * @param project - The project's own package.json, as text.
 * @param modules - Texts of the modules, of which it needs what they import.
 * @throws {@link DependencyUnknownError}
 */
export function manifestOf(project: string, modules: readonly string[]) {
  const { version, license, engines, dependencies: known } = projectSchema.parse(JSON.parse(project));
  const imported = new Set<string>();
  for (const text of modules) {
    for (const [, name = ''] of text.matchAll(specifier)) {
      if (/^[a-z@]/.test(name)) imported.add(/^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);
    }
  }
  const versions = [...imported].sort().map((name) => {
    const range = known[name];
    if (range === undefined) throw new DependencyUnknownError(name);
    return [name, range] as const;
  });
  const module = (path: string) => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` });
  return {
    name: packageName,
    version,
    description: 'Buy, read, publish and sell real-time data streams on a Tributary market.',
    license,
    type: 'module',
    engines: { node: engines.node },
    sideEffects: false,
    files: ['dist', 'docs', 'examples'],
    exports: {
      './actions/*': module('sdk/actions/*'),
      './protocol/*': module('sdk/protocol/*'),
      './contracts/*': module('contracts/generated/*'),
      './vectors/*': './dist/sdk/protocol/vectors/*',
      './package.json': './package.json'
    },
    imports: { '#contracts/*': module('contracts/*') },
    dependencies: Object.fromEntries(versions.filter(([name]) => !peers.has(name))),
    peerDependencies: Object.fromEntries(versions.filter(([name]) => peers.has(name)))
  };
}
