// Builds a NATS server for tests by Go, where there is a Go and no such server. Uses nothing but Node: the packages may
// not be installed yet. Says what it does and never fails: without a server, the tests that need one say so.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const version = '2.12.15';
/** Seconds that it may take; the first argument. */
const patience = Number(process.argv[2] ?? 300);
const program = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
const folder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'tributary', `nats-server-${version}`);

function install() {
  if (process.env.NATS_SERVER) return `NATS for tests: ${process.env.NATS_SERVER}, as NATS_SERVER says.`;
  if (existsSync(join(folder, program))) return `NATS for tests: ${folder}`;
  // Go's own installer does not put itself on the PATH.
  const path = [process.env.PATH ?? '', '/usr/local/go/bin'].join(delimiter);
  const env = { ...process.env, PATH: path, GOBIN: folder, GOTOOLCHAIN: 'local' };
  if (spawnSync('go', ['version'], { env, stdio: 'ignore' }).status !== 0) {
    return 'NATS for tests: none, since there is no Go to build one with.';
  }
  console.log(`NATS for tests: building ${version}, for at most ${patience} s …`);
  const started = Date.now();
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync('go', ['install', `github.com/nats-io/nats-server/v2@v${version}`], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: patience * 1000,
    killSignal: 'SIGKILL'
  });
  if (status === 0) return `NATS for tests: built in ${Math.round((Date.now() - started) / 1000)} s: ${folder}`;
  rmSync(folder, { recursive: true, force: true });
  return 'NATS for tests: none, since it could not be built in time, or its source cannot be had.';
}

console.log(install());
