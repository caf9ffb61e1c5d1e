import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { parseConfiguration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import { readDeployment } from '../deploy/read-deployment.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const project = fileURLToPath(new URL('../..', import.meta.url));
const source = join(project, 'subgraph');
const abis = join(project, 'contracts', 'generated', 'abi');

/** Addresses that stand in the committed manifest until a deployment fills them. */
const placeholders = {
  StreamRegistry: '0x0000000000000000000000000000000000000001',
  DataLicense: '0x0000000000000000000000000000000000000002',
  DeliveryEscrow: '0x0000000000000000000000000000000000000003',
  Karma: '0x0000000000000000000000000000000000000004',
  Wishlist: '0x0000000000000000000000000000000000000005',
  AttestationResolver: '0x0000000000000000000000000000000000000006',
  DeliveryOracle: '0x0000000000000000000000000000000000000007'
} as const;

/** Names by which The Graph's network knows chains; any other chain is called by its number. */
const networks: Readonly<Record<number, string>> = {
  1: 'mainnet',
  10: 'optimism',
  100: 'gnosis',
  137: 'matic',
  8453: 'base',
  42161: 'arbitrum-one',
  84532: 'base-sepolia',
  11155111: 'sepolia'
};

/** The subgraph could not be compiled; the message carries the compiler's words. */
export class SubgraphBuildError extends TributaryError {
  readonly code = 'subgraph-build-failed';
  readonly title = 'The subgraph could not be built';
  override readonly status = 500;
}

/** Name of a chain in the manifest and on graph-node's command line. */
export function networkName(chainId: number): string {
  return networks[chainId] ?? `eip155-${String(chainId)}`;
}

/**
 * Writes the subgraph of one deployment into a folder: manifest with network, addresses and start blocks filled in,
 * sources, generated types, ABIs, and the compiled subgraph under build/. The folder can be given to graph-node or,
 * when it lies inside the project, to `graph deploy`. What stood in the folder's places before is replaced.
 *
 * @returns Path of the manifest, <directory>/subgraph.yaml; build/subgraph.yaml beside it names the compiled files.
 * @throws {@link SubgraphBuildError} when mappings, schema and ABIs do not fit together.
 */
export async function generateSubgraph(options: {
  readonly deployment: Deployment;
  readonly directory: string;
}): Promise<string> {
  const compiled = await compileSubgraph();
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  for (const part of ['build', 'generated', 'mappings', 'store', 'abi', 'schema.graphql']) {
    await rm(join(directory, part), { recursive: true, force: true });
  }
  await cp(compiled, join(directory, 'build'), { recursive: true });
  await cp(abis, join(directory, 'abi'), { recursive: true });
  for (const part of ['generated', 'mappings', 'store', 'schema.graphql']) {
    await cp(join(source, part), join(directory, part), { recursive: true });
  }
  const manifest = join(directory, 'subgraph.yaml');
  const template = await readFile(join(source, 'subgraph.yaml'), 'utf8');
  await writeFile(
    manifest,
    fillManifest(template, options.deployment).replaceAll('../contracts/generated/abi/', './abi/')
  );
  const built = join(directory, 'build', 'subgraph.yaml');
  await writeFile(built, fillManifest(await readFile(built, 'utf8'), options.deployment));
  return manifest;
}

/**
 * Puts a deployment's network, addresses and start block into a manifest that was made from the template, and takes
 * out the data sources of contracts that the deployment does not have.
 *
 * @throws {@link SubgraphBuildError} when the manifest lacks one of the places.
 */
export function fillManifest(manifest: string, deployment: Deployment): string {
  const replace = (text: string, place: RegExp, value: string) => {
    if (!place.test(text)) {
      throw new SubgraphBuildError(`The manifest has no place for ${value}: subgraph.yaml must match ${place.source}.`);
    }
    return text.replaceAll(place, value);
  };
  let filled = replace(manifest, /^( +)network: local$/gm, `$1network: ${networkName(deployment.chainId)}`);
  filled = replace(filled, /^( +)startBlock: 0$/gm, `$1startBlock: ${String(deployment.startBlock)}`);
  for (const name of Object.keys(placeholders) as (keyof typeof placeholders)[]) {
    const address = deployment.contracts[name];
    // a data source reaches to the next one, or to the templates
    const dataSource = new RegExp(`^  - kind: ethereum/contract\\n    name: ${name}\\n(?:    .*\\n)+`, 'gm');
    filled =
      address === null
        ? replace(filled, dataSource, '')
        : replace(filled, new RegExp(placeholders[name], 'g'), address);
  }
  return filled;
}

/**
 * Compiles the subgraph, once per state of its inputs: types from ABIs and schema, then WebAssembly.
 *
 * @returns Folder with the compiled subgraph, its manifest still with placeholders.
 */
async function compileSubgraph(): Promise<string> {
  const builds = join(source, 'build');
  const target = join(builds, await hashInputs());
  if (existsSync(target) && existsSync(join(source, 'generated', 'schema.ts'))) return target;
  const working = join(builds, `unfinished-${String(process.pid)}`);
  await rm(working, { recursive: true, force: true });
  await mkdir(builds, { recursive: true });
  try {
    await graph(['codegen', '--output-dir', 'generated', 'subgraph.yaml']);
    await graph(['build', '--output-dir', relative(source, working), 'subgraph.yaml']);
    for (const name of await readdir(builds)) {
      if (!name.startsWith('unfinished-')) await rm(join(builds, name), { recursive: true, force: true });
    }
    await rename(working, target);
  } catch (error) {
    await rm(working, { recursive: true, force: true });
    // another process may have finished the same build first
    if (!existsSync(target)) throw error;
  }
  return target;
}

async function graph(commandLine: readonly string[]): Promise<void> {
  const home = dirname(require.resolve('@graphprotocol/graph-cli/package.json'));
  try {
    await run(process.execPath, [join(home, 'bin', 'run.js'), ...commandLine], {
      cwd: source,
      env: { ...process.env, GRAPH_SKIP_NEW_VERSION_CHECK: 'true', NO_COLOR: '1' },
      maxBuffer: 16 * 1024 * 1024
    });
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    const words = `${stderr}\n${stdout}`.trim().split('\n').slice(-12).join('\n');
    throw new SubgraphBuildError(`graph ${commandLine[0] ?? ''} failed: ${words === '' ? message : words}`);
  }
}

/** Hash over everything that the compiled subgraph depends on. */
async function hashInputs(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [source, abis]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !/^(?:build|generated)[/\\]/.test(relative(source, file)))
      .sort();
    for (const file of files) {
      const content = await readFile(file);
      hash.update(`${relative(project, file)}\0${String(content.length)}\0`).update(content);
    }
  }
  for (const tool of ['@graphprotocol/graph-cli', '@graphprotocol/graph-ts']) {
    const { version } = JSON.parse(readFileSync(require.resolve(`${tool}/package.json`), 'utf8')) as {
      version: string;
    };
    hash.update(`${tool}@${version}\0`);
  }
  return hash.digest('hex').slice(0, 32);
}

/** `node --import tsx scripts/generate/subgraph.ts [folder]`: by default subgraph/ in the data folder. */
async function main(): Promise<void> {
  const configuration = parseConfiguration(process.env);
  const deployment = await readDeployment(configuration.DEPLOYMENT_FILE);
  const directory = process.argv[2] ?? join(configuration.DATA_DIRECTORY, 'subgraph');
  console.log(await generateSubgraph({ deployment, directory }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main().catch((error: unknown) => {
    console.error(error instanceof TributaryError ? error.message : error);
    process.exitCode = 1;
  });
}
