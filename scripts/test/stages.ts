/** A stage of `npm test`: a command, and what it proves. */
export interface Stage {
  readonly name: string;
  readonly proves: string;
  /** Program below node_modules, or an executable, and its arguments. */
  readonly command: readonly [string, ...string[]];
}

const tool = (path: string, ...args: string[]): [string, ...string[]] => [
  process.execPath,
  `node_modules/${path}`,
  ...args
];
const script = (path: string, ...args: string[]): [string, ...string[]] => [
  process.execPath,
  '--import',
  'tsx',
  path,
  ...args
];

/** Everything that `npm test` does, cheapest first. */
export function stages(forge: string): readonly Stage[] {
  const typesOf = (project: string): Stage => ({
    name: `types:${project.replace('/tsconfig.json', '').replace('/tsconfig.test.json', ' tests')}`,
    proves: `${project} has no type errors`,
    command: tool('typescript/bin/tsc', '--project', project)
  });
  return [
    {
      name: 'format',
      proves: 'one style',
      command: tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')
    },
    { name: 'format:contracts', proves: 'one style', command: [forge, 'fmt', '--check'] },
    { name: 'web:sync', proves: 'the types of routes are made', command: tool('@sveltejs/kit/svelte-kit.js', 'sync') },
    ...[
      'sdk/tsconfig.json',
      'sdk/tsconfig.test.json',
      'broker/tsconfig.json',
      'indexer/tsconfig.json',
      'scripts/tsconfig.json',
      'test/tsconfig.json'
    ].map(typesOf),
    {
      name: 'types:web',
      proves: 'components and pages have no type errors',
      command: tool(
        'svelte-check/bin/svelte-check',
        '--tsconfig',
        'web/tsconfig.json',
        '--fail-on-warnings',
        '--output',
        'human'
      )
    },
    { name: 'lint', proves: 'no known bad habits', command: tool('eslint/bin/eslint.js', '--max-warnings=0', '.') },
    {
      name: 'lint:contracts',
      proves: 'no known bad habits in Solidity',
      command: tool('solhint/solhint.js', '--max-warnings=0', 'contracts/src/**/*.sol')
    },
    {
      name: 'rooms',
      proves: 'imports follow the arrow between rooms',
      command: tool(
        'dependency-cruiser/bin/dependency-cruise.mjs',
        '--config=.dependency-cruiser.cjs',
        '--output-type=err-long',
        ...['contracts/generated', 'sdk', 'broker', 'indexer', 'web', 'scripts', 'test']
      )
    },
    {
      name: 'unused',
      proves: 'no dead files, exports or packages',
      command: tool('knip/bin/knip.js', '--no-progress')
    },
    { name: 'contracts:build', proves: 'the contracts compile', command: [forge, 'build', '--deny', 'never'] },
    {
      name: 'generated:abis',
      proves: 'generated code is that of the contracts',
      command: script('scripts/generate/abis.ts', '--check')
    },
    {
      name: 'generated:vectors',
      proves: 'the vectors are those of the code',
      command: script('scripts/generate/vectors.ts', '--check')
    },
    {
      name: 'generated:environment',
      proves: '.env.example is the configuration',
      command: script('scripts/generate/environment.ts', '--check')
    },
    { name: 'contracts', proves: 'every branch of every function; fuzz; invariants', command: [forge, 'test'] },
    { name: 'unit', proves: 'each part by itself', command: tool('vitest/vitest.mjs', 'run', '--project', 'unit') },
    {
      name: 'integration',
      proves: 'rooms together, over a real chain',
      command: tool('vitest/vitest.mjs', 'run', '--project', 'integration')
    },
    { name: 'web:build', proves: 'the storefront builds', command: script('scripts/start/web-build-main.ts') },
    {
      name: 'browser',
      proves: 'people can use it, in a real browser',
      command: tool('vitest/vitest.mjs', 'run', '--project', 'browser')
    }
  ];
}
