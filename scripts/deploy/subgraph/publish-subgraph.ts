import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import { generateSubgraph } from '../../generate/subgraph.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const project = fileURLToPath(new URL('../../..', import.meta.url));

export interface PublishSubgraphOptions {
  readonly deployment: Deployment;
  /** As the node knows it: of Subgraph Studio the slug, such as "tributary". */
  readonly name: string;
  /** Such as "v0.1.0"; each can be used once. */
  readonly version: string;
  /** Where graph-node takes deployments: its administration (port 8020), or Subgraph Studio. */
  readonly nodeUrl: string;
  /** Kubo's API, to which the files are uploaded. */
  readonly ipfsUrl: string;
  /** File (mode 0600) with the deploy key of Subgraph Studio; a graph-node of one's own needs none. */
  readonly keyFile?: string | undefined;
}

/** The subgraph could not be deployed; the message carries the words of graph-cli. */
export class SubgraphDeployError extends TributaryError {
  readonly code = 'subgraph-deploy-failed';
  readonly title = 'The subgraph could not be deployed';
  override readonly status = 500;
}

/**
 * Builds the subgraph of a deployment and hands it to a graph-node, or to Subgraph Studio, from which it is published to
 * The Graph's network.
 *
 * @returns What graph-cli says: where the subgraph can be asked.
 * @throws {@link SubgraphBuildError}, {@link SubgraphDeployError}
 */
export async function publishSubgraph(options: PublishSubgraphOptions): Promise<string> {
  const { deployment, name, version, nodeUrl, ipfsUrl, keyFile } = options;
  const home = await mkdtemp(join(tmpdir(), 'tributary-subgraph-'));
  // graph-cli finds its libraries from the manifest upwards
  const builds = join(project, 'subgraph', 'build');
  await mkdir(builds, { recursive: true });
  const directory = await mkdtemp(join(builds, 'unfinished-deploy-'));
  try {
    // a command line can be read by every account of the machine
    if (keyFile !== undefined) {
      const key = { [new URL(nodeUrl).toString()]: await readKey(keyFile) };
      await writeFile(join(home, '.graph-cli.json'), JSON.stringify(key), { mode: 0o600 });
    }
    await generateSubgraph({ deployment, directory });
    if (keyFile === undefined) await graph(['create', name, '--node', nodeUrl], directory, home);
    const node = ['--node', nodeUrl, '--ipfs', ipfsUrl, '--version-label', version];
    return await graph(['deploy', name, 'subgraph.yaml', ...node, '--output-dir', 'deployed'], directory, home);
  } finally {
    await rm(directory, { recursive: true, force: true });
    await rm(home, { recursive: true, force: true });
  }
}

async function readKey(file: string): Promise<string> {
  const { mode } = await stat(file);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new SubgraphDeployError(`Others can read ${file}. Take that away (chmod 600).`);
  }
  return (await readFile(file, 'utf8')).trim();
}

async function graph(commandLine: readonly string[], directory: string, home: string): Promise<string> {
  const cli = dirname(require.resolve('@graphprotocol/graph-cli/package.json'));
  try {
    const { stdout } = await run(process.execPath, [join(cli, 'bin', 'run.js'), ...commandLine], {
      cwd: directory,
      env: { PATH: process.env['PATH'], HOME: home, GRAPH_SKIP_NEW_VERSION_CHECK: 'true', NO_COLOR: '1' },
      maxBuffer: 16 * 1024 * 1024
    });
    return stdout.trim();
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    // without the places in its code
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
    const words = lines.slice(-8).join('\n');
    // made by an earlier run
    if (commandLine[0] === 'create' && /already exists/i.test(words)) return '';
    throw new SubgraphDeployError(`graph ${commandLine[0] ?? ''} failed: ${words === '' ? message : words}`);
  }
}
