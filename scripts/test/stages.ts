/** A stage of `npm test`: a command, and what it proves. */
export interface Stage {
  readonly name: string;
  readonly proves: string;
  /** Makes what others need; only reads, so that several run at once; or needs the machine for itself. */
  readonly phase: 'first' | 'reads' | 'alone';
  /** Program below node_modules, or an executable, and its arguments. */
  readonly command: readonly [string, ...string[]];
}

/** What makes files that other stages read. */
const first = (forge: string): Omit<Stage, 'phase'>[] => [
  { name: 'contracts:build', proves: 'the contracts compile', command: [forge, 'build', '--deny', 'never'] },
  { name: 'web:messages', proves: 'the messages compile', command: script('scripts/messages/main.ts') },
  { name: 'web:sync', proves: 'the types of routes are made', command: tool('@sveltejs/kit/svelte-kit.js', 'sync') }
];

/** What only reads; the longest come first, so that none is left alone at the end. */
const reads = (forge: string): Omit<Stage, 'phase'>[] => [
  { name: 'lint', proves: 'no known bad habits', command: tool('eslint/bin/eslint.js', '--max-warnings=0', '.') },
  {
    name: 'lint:types',
    proves: 'no bad habits that only types show',
    command: tool('oxlint/bin/oxlint', '--deny-warnings', '--format=unix')
  },
  {
    name: 'types:web',
    proves: 'components and pages have no type errors',
    command: tool(
      'svelte-check/bin/svelte-check',
      ...['--tsconfig', 'web/tsconfig.json', '--fail-on-warnings', '--output', 'human']
    )
  },
  ...['test', 'scripts', 'indexer', 'broker'].map((room) => types(room, `${room}/tsconfig.json`)),
  types('sdk', 'sdk/tsconfig.library.json'),
  types('sdk:tests', 'sdk/tsconfig.test.json'),
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
    name: 'format',
    proves: 'one style',
    command: tool('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.')
  },
  { name: 'format:contracts', proves: 'one style in Solidity', command: [forge, 'fmt', '--check'] },
  { name: 'unused', proves: 'no dead files, exports or packages', command: tool('knip/bin/knip.js', '--no-progress') },
  {
    name: 'lint:contracts',
    proves: 'no known bad habits in Solidity',
    command: tool('solhint/solhint.js', '--max-warnings=0', 'contracts/src/**/*.sol')
  },
  generated('abis', 'generated code is that of the contracts'),
  generated('vectors', 'the vectors are those of the code'),
  generated('environment', '.env.example is the configuration')
];

/** What needs the machine for itself. */
const alone = (forge: string): Omit<Stage, 'phase'>[] => [
  { name: 'contracts', proves: 'every branch of every function; fuzz; invariants', command: [forge, 'test'] },
  { name: 'web:build', proves: 'the storefront builds', command: script('scripts/start/web-build-main.ts') },
  { name: 'unit', proves: 'each part by itself', command: vitest('unit') },
  { name: 'integration', proves: 'rooms together, over a real chain', command: vitest('integration') },
  { name: 'browser', proves: 'people can use it, in a real browser', command: vitest('browser') }
];

/** Everything that `npm test` does. */
export function stages(forge: string): readonly Stage[] {
  return [
    ...first(forge).map((stage) => ({ ...stage, phase: 'first' as const })),
    ...reads(forge).map((stage) => ({ ...stage, phase: 'reads' as const })),
    ...alone(forge).map((stage) => ({ ...stage, phase: 'alone' as const }))
  ];
}

/** Checked by the native compiler, in a third of the time; version 6 is what the linter and the components' check ask. */
function types(room: string, project: string): Omit<Stage, 'phase'> {
  return {
    name: `types:${room}`,
    proves: `${project} has no type errors`,
    command: tool('typescript-7/bin/tsc', '--noEmit', '--project', project)
  };
}

function generated(what: string, proves: string): Omit<Stage, 'phase'> {
  return { name: `generated:${what}`, proves, command: script(`scripts/generate/${what}.ts`, '--check') };
}

function vitest(project: string): Stage['command'] {
  return tool('vitest/vitest.mjs', 'run', '--project', project);
}

function tool(path: string, ...args: string[]): Stage['command'] {
  return [process.execPath, `node_modules/${path}`, ...args];
}

function script(path: string, ...args: string[]): Stage['command'] {
  return [process.execPath, '--import', 'tsx', path, ...args];
}
