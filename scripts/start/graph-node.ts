import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import type { Deployment } from '#sdk/protocol/deployment';
import { documentLimit } from '#sdk/protocol/product-document';
import { generateSubgraph, networkName } from '../generate/subgraph.ts';
import { PlatformUnsupportedError, StartError } from './errors.ts';
import { endProcess } from './processes.ts';

export interface GraphNodeOptions {
  /** A Postgres account that may create databases; graph-node gets one of its own beside the named one. */
  readonly postgresUrl: string;
  /** JSON-RPC of the chain over HTTP. */
  readonly chainUrl: string;
  /** A gateway that answers GET and HEAD /ipfs/<cid>; must be there already. */
  readonly ipfsUrl: string;
  readonly deployment: Deployment;
  /** Folder into which the subgraph is written. */
  readonly directory: string;
  /** File for graph-node's output, begun anew at every start; by default graph-node.log in the folder. */
  readonly logFile?: string;
  /** Port of GraphQL; the three after it serve the index status, administration and metrics. */
  readonly port: number;
  /** Told in a few words what is being done. */
  readonly say?: (detail: string) => void;
  /** Told the process id as soon as there is one, so that an interrupted start leaves nothing behind. */
  readonly onSpawn?: (pid: number) => void;
}

export interface RunningGraphNode {
  /** GraphQL endpoint of the subgraph. */
  readonly url: string;
  readonly pid: number;
  /** Fulfilled when graph-node is gone, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** What to do where {@link graphNodeBinary} finds no program. */
export const graphNodeElsewhere =
  'Run a graph-node elsewhere, deploy the subgraph to it, and set SUBGRAPH_URL to its GraphQL address.';

const require = createRequire(import.meta.url);
/** Milliseconds after which a graph-node that does not answer counts as failed. */
const patience = 120_000;

/** Path of the native graph-node that npm carries, or undefined where it carries none for this platform. */
export function graphNodeBinary(): string | undefined {
  try {
    const manifest = require.resolve(`@graphprotocol/gnd-${process.platform}-${process.arch}/package.json`);
    return join(dirname(manifest), 'bin', 'gnd');
  } catch {
    return undefined;
  }
}

/**
 * Builds the subgraph where its inputs changed, and starts a real graph-node that indexes it from the chain. Entities
 * are derived anew at every start: graph-node keeps nothing that the chain does not hold.
 *
 * @throws {@link PlatformUnsupportedError} where npm carries no graph-node; {@link SubgraphBuildError} from the build;
 * {@link StartError} when graph-node ends or does not answer.
 */
export async function startGraphNode(options: GraphNodeOptions): Promise<RunningGraphNode> {
  const binary = graphNodeBinary();
  if (binary === undefined) throw new PlatformUnsupportedError('graph-node', graphNodeElsewhere);
  mkdirSync(options.directory, { recursive: true });
  options.say?.('building the subgraph');
  const manifest = await generateSubgraph(options);
  const postgresUrl = await emptyDatabase(options.postgresUrl);

  options.say?.('indexing');
  const logFile = options.logFile ?? join(options.directory, 'graph-node.log');
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(
    binary,
    [
      ...['dev', '--manifests', manifest],
      ...['--ethereum-rpc', `${networkName(options.deployment.chainId)}:${options.chainUrl}`],
      ...['--ipfs', options.ipfsUrl],
      ...['--http-port', String(options.port), '--index-node-port', String(options.port + 1)],
      ...['--admin-port', String(options.port + 2), '--metrics-port', String(options.port + 3)]
    ],
    {
      cwd: options.directory,
      // nothing else of our environment: it may hold keys
      env: {
        PATH: process.env['PATH'],
        HOME: options.directory,
        // a command line can be read by every account of the machine, an environment cannot
        POSTGRES_URL: postgresUrl,
        GRAPH_LOG: 'warn',
        ETHEREUM_POLLING_INTERVAL: '100',
        GRAPH_MAX_IPFS_FILE_BYTES: String(documentLimit),
        GRAPH_CHAIN_HEAD_WATCHER_TIMEOUT: '1'
      },
      stdio: ['ignore', log, log],
      detached: true
    }
  );
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      reject(new StartError(`graph-node could not be started: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      reject(new StartError(`graph-node ended with ${String(code ?? signal)}: ${tail(logFile)}`));
    });
  });
  const pid = child.pid ?? 0;
  if (pid !== 0) options.onSpawn?.(pid);
  // gnd dev takes SIGINT only
  const stop = () => endProcess(pid, ['SIGINT', 'SIGKILL'], 5_000);
  const url = `http://127.0.0.1:${String(options.port)}/subgraphs/name/subgraph-0`;
  try {
    await Promise.race([answers(url, logFile), failed]);
  } catch (error) {
    if (pid !== 0) await stop();
    throw error;
  }
  failed.catch(() => undefined);
  child.unref();
  return { url, pid, ended, stop };
}

/**
 * Makes graph-node's own database, empty, in the locale that it demands, and returns its URL. It starts empty because
 * graph-node derives all entities anew at each start, and must not mix up one local chain with the next.
 */
async function emptyDatabase(marketUrl: string): Promise<string> {
  const url = new URL(marketUrl);
  const name = `${decodeURIComponent(url.pathname.slice(1))}_graph`;
  const client = new pg.Client({ connectionString: marketUrl });
  try {
    await client.connect();
    await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
    await client.query(
      `create database ${pg.escapeIdentifier(name)} template template0 encoding 'UTF8' locale_provider libc locale 'C'`
    );
  } catch (error) {
    throw new StartError(
      `graph-node needs a database of its own, ${name}, which could not be made: ${(error as Error).message}. ` +
        'Give the account of DATABASE_URL the right to create databases, or set SUBGRAPH_URL.'
    );
  } finally {
    await client.end();
  }
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

const answerSchema = z.object({ data: z.object({ _meta: z.object({ block: z.object({ number: z.int() }) }) }) });

async function answers(url: string, logFile: string): Promise<void> {
  for (const end = Date.now() + patience; Date.now() < end;) {
    await sleep(100);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ _meta { block { number } } }' }),
        signal: AbortSignal.timeout(5_000)
      });
      if (answerSchema.safeParse(await response.json()).success) return;
    } catch {
      // not listening yet
    }
  }
  throw new StartError(`graph-node did not answer within ${String(patience / 1_000)} seconds: ${tail(logFile)}`);
}

/** Last lines of the log, without the passwords of connection strings. */
function tail(logFile: string): string {
  if (!existsSync(logFile)) return 'it left no log';
  const lines = readFileSync(logFile, 'utf8').trim().split('\n').slice(-5).join(' / ');
  return lines === '' ? 'it said nothing' : lines.replaceAll(/(postgres(?:ql)?:\/\/[^:/\s]+):[^@\s]+@/g, '$1:***@');
}
