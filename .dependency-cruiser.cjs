// The rooms and the arrow between them: left never imports right.
//   contracts/generated, deployments <- sdk <- { broker | indexer | web | scripts } <- test
// Every message says where a line belongs.

/** Files that only tests use. */
const tests = '\\.(test|arbitrary)\\.ts$';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'no-cycles',
    comment:
      'Two files that need each other are one concept, or share a third: take what both need into a file of its own.',
    severity: 'error',
    from: {},
    to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
  },
  {
    name: 'generated-imports-nothing',
    comment: 'contracts/generated is written from compiler output and stands alone. Code that uses it belongs in sdk.',
    severity: 'error',
    from: { path: '^contracts/' },
    to: { path: '^(sdk|broker|indexer|web|scripts|subgraph|test)/' }
  },
  {
    name: 'sdk-imports-contracts-only',
    comment:
      'sdk is what every participant agrees on; it knows no process. What decides or stores belongs in broker or indexer, what runs and exits in scripts.',
    severity: 'error',
    from: { path: '^sdk/' },
    to: { path: '^(broker|indexer|web|scripts|subgraph|test)/' }
  },
  {
    name: 'protocol-knows-no-actions',
    comment: 'sdk/protocol is pure: what talks to a chain or a server belongs in sdk/actions.',
    severity: 'error',
    from: { path: '^sdk/protocol/' },
    to: { path: '^sdk/actions/' }
  },
  {
    name: 'sdk-runs-anywhere',
    comment: 'sdk runs in browsers too: what needs Node belongs in broker, indexer or scripts.',
    severity: 'error',
    from: { path: '^sdk/', pathNot: tests },
    to: { dependencyTypes: ['core'] }
  },
  ...[
    ['broker', 'indexer|web|scripts|subgraph|test'],
    ['indexer', 'broker|web|scripts|subgraph|test'],
    ['web', 'broker|indexer|scripts|subgraph|test'],
    ['scripts', 'broker|indexer|web|subgraph|test'],
    ['subgraph', 'sdk|broker|indexer|web|scripts|test']
  ].map(([room, others]) => ({
    name: `${room}-stands-alone`,
    comment: `${room} meets the other rooms over HTTP, WebSocket and GraphQL, in shapes from sdk/protocol. What both need belongs there.`,
    severity: 'error',
    from: { path: `^${room}/`, pathNot: tests },
    to: { path: `^(${others})/` }
  })),
  {
    name: 'tests-beside-files-stay-in-their-room',
    comment:
      'A test beside its file proves its own room, with what test/ offers to all. A test that crosses rooms belongs in test/.',
    severity: 'error',
    from: { path: '^(broker|indexer|web|scripts)/.*\\.test\\.ts$' },
    to: { path: '^(broker|indexer|web|scripts)/', pathNot: '^$1/' }
  },
  ...[
    ['relay', 'keys|delivery', 'broker/relay moves and counts bytes that it cannot read'],
    ['keys', 'relay|delivery', 'broker/keys decides who gets a secret, and hands sealed grants on'],
    ['delivery', 'relay|keys', 'broker/delivery attests and settles what was counted, and knows no event or secret']
  ].map(([part, others, does]) => ({
    name: `${part}-stays-apart`,
    comment: `${does}. Only broker/broker.ts joins relay, keys and delivery, by functions.`,
    severity: 'error',
    from: { path: `^broker/${part}/` },
    to: { path: `^broker/(${others})/` }
  })),
  {
    name: 'relayer-stays-apart',
    comment:
      'indexer/relayer signs and sends; it knows neither tables nor HTTP. What it needs of them is handed to it.',
    severity: 'error',
    from: { path: '^indexer/relayer/' },
    to: { path: '^indexer/(?!relayer/)' }
  },
  {
    name: 'lib-knows-no-routes',
    comment: 'What several pages need belongs in web/lib; what one page needs stays beside its route.',
    severity: 'error',
    from: { path: '^web/lib/' },
    to: { path: '^web/routes/' }
  },
  {
    name: 'server-stays-on-the-server',
    comment: 'web/lib/server must not reach a browser: move what both need into web/lib.',
    severity: 'error',
    from: {
      path: '^web/',
      pathNot: [
        '^web/lib/server/',
        '\\.server\\.ts$',
        '^web/gateway/',
        '^web/app\\.d\\.ts$',
        '/\\+server\\.ts$',
        '^web/(server|main)\\.ts$',
        tests
      ]
    },
    to: { path: '^web/lib/server/' }
  },
  {
    name: 'doors-between-rooms',
    comment: 'Between rooms the way leads through the doors #sdk/… and #contracts/….',
    severity: 'error',
    from: { path: '^(broker|indexer|web|scripts)/' },
    to: { path: '^(sdk|contracts)/', dependencyTypes: ['local'], dependencyTypesNot: ['aliased-subpath-import'] }
  },
  {
    name: 'resolvable',
    comment: 'This import leads nowhere: a typing error, or a package that package.json does not name.',
    severity: 'error',
    from: {},
    to: {
      couldNotResolve: true,
      pathNot: [
        '^\\$(app|env|lib|service-worker)',
        '^\\./\\$types',
        '\\.svelte$',
        '^virtual:',
        '^@openzeppelin',
        '^\\.\\./build/',
        '\\?(worker|url|raw)$',
        'handler\\.js$'
      ]
    }
  },
  {
    name: 'production-without-development-packages',
    comment: 'What runs in the market must stand under dependencies in package.json.',
    severity: 'error',
    from: {
      path: '^(sdk|broker|indexer|web|scripts/(start|deploy|sources))/',
      pathNot: [tests, '[./]conformance\\.ts$', '/drizzle\\.config\\.ts$']
    },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: ['^node_modules/@types/'] }
  }
];

module.exports = {
  forbidden,
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(build|\\.svelte-kit|out|cache)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'svelte', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.svelte', '.json']
    }
  }
};
