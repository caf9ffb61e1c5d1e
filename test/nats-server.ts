import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../scripts/start/errors.ts';
import { freePorts } from '../scripts/start/ports.ts';
import { endProcess, processIsAlive } from '../scripts/start/processes.ts';

/** Oldest version whose acknowledgement can mean that an event is on the disk. */
const oldest = [2, 12] as const;
const program = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

/** Folders into which scripts/install-nats-server.mjs installs servers, the newest first. */
function cacheFolders(): string[] {
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tributary');
  if (!existsSync(cache)) return [];
  const folders = readdirSync(cache).filter((name) => name.startsWith('nats-server-'));
  return folders
    .sort((one, other) => other.localeCompare(one, 'en', { numeric: true }))
    .map((name) => join(cache, name));
}

export interface NatsServerProgram {
  readonly path: string;
  readonly version: string;
}

/**
 * A NATS server for tests: the one that NATS_SERVER names, else one on the PATH, else the one in the cache folder.
 *
 * @returns null if none of them is there, and new enough.
 */
export function findNatsServer(): NatsServerProgram | null {
  const named = process.env.NATS_SERVER ?? '';
  const paths =
    named === ''
      ? [...(process.env.PATH ?? '').split(delimiter), ...cacheFolders()].map((folder) => join(folder, program))
      : [named];
  for (const path of paths) {
    try {
      accessSync(path, constants.X_OK);
      const version = /v?(\d+\.\d+\.\d+)/.exec(
        execFileSync(path, ['--version'], { encoding: 'utf8', stdio: 'pipe' })
      )?.[1];
      const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
      if (version !== undefined && (major > oldest[0] || (major === oldest[0] && minor >= oldest[1]))) {
        return { path, version };
      }
    } catch {
      // not there, or no program of this machine: the next one may be
    }
  }
  return null;
}

/** Why tests with NATS do not run, as a sentence; null if they do. */
export function natsServerMissing(): string | null {
  if (findNatsServer() !== null) return null;
  return (
    `SKIPPED: tests with NATS JetStream. No nats-server ${oldest.join('.')} or newer was found: put one on the PATH, ` +
    'name one by NATS_SERVER, or let Go build one: node scripts/install-nats-server.mjs'
  );
}

export interface NatsServer {
  readonly url: string;
  readonly monitoringUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
  /** Ends it without a chance to write anything. */
  kill(): Promise<void>;
}

/**
 * Starts a NATS server with JetStream that writes to the disk before it acknowledges.
 *
 * @param options.directory Folder of its data and log; a second start there carries on.
 * @param options.port Where it listens; a free one by default.
 * @param options.cluster The name of the server in a cluster, its port, and those of all servers of the cluster.
 * @throws {@link StartError}
 */
export async function startNatsServer(options: {
  directory: string;
  port?: number;
  monitoringPort?: number;
  cluster?: { name: string; port: number; ports: readonly number[] };
}): Promise<NatsServer> {
  const found = findNatsServer();
  if (found === null) throw new StartError(natsServerMissing() ?? 'There is no NATS server.');
  const [one = 0, two = 0] = await freePorts(2);
  const port = options.port ?? one;
  const monitoringPort = options.monitoringPort ?? two;
  mkdirSync(options.directory, { recursive: true });
  const file = join(options.directory, 'nats.conf');
  const log = join(options.directory, 'nats.log');
  writeFileSync(
    file,
    [
      `listen: "127.0.0.1:${String(port)}"`,
      `http: "127.0.0.1:${String(monitoringPort)}"`,
      `log_file: ${JSON.stringify(log)}`,
      `jetstream { store_dir: ${JSON.stringify(join(options.directory, 'data'))}, sync_interval: always }`,
      ...(options.cluster === undefined ? [] : clusterSettings(options.cluster))
    ].join('\n')
  );
  const child = spawn(found.path, ['-c', file], { stdio: 'ignore' });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      reject(new StartError(`The NATS server could not be started: ${error.message}`));
    });
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  failed.catch(() => undefined);
  const monitoringUrl = `http://127.0.0.1:${String(monitoringPort)}`;
  // Its log is read only while it starts: whoever ends it later may remove the folder before the end is heard of.
  const endedEarly = await Promise.race([healthy(monitoringUrl).then(() => false), failed, ended.then(() => true)]);
  if (endedEarly) {
    const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-500) : 'it wrote no log';
    throw new StartError(`The NATS server ended: ${said}`);
  }
  const pid = child.pid ?? 0;
  return {
    url: `nats://127.0.0.1:${String(port)}`,
    monitoringUrl,
    pid,
    stop: () => endProcess(pid, ['SIGTERM', 'SIGKILL'], 5_000),
    kill: async () => {
      if (processIsAlive(pid)) process.kill(pid, 'SIGKILL');
      await ended;
    }
  };
}

function clusterSettings(cluster: { name: string; port: number; ports: readonly number[] }): string[] {
  const routes = cluster.ports.map((port) => `"nats://127.0.0.1:${String(port)}"`).join(', ');
  return [
    `server_name: ${JSON.stringify(cluster.name)}`,
    `cluster { name: "tributary", listen: "127.0.0.1:${String(cluster.port)}", routes: [${routes}] }`
  ];
}

/** Waits until the server and its JetStream are up. */
async function healthy(monitoringUrl: string): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end;) {
    try {
      const response = await fetch(new URL('/healthz', monitoringUrl), { signal: AbortSignal.timeout(1_000) });
      if (response.ok) return;
    } catch {
      // it does not listen yet
    }
    await sleep(20);
  }
  throw new StartError('The NATS server does not become ready.');
}
