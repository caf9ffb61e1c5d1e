import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packagePath } from '#sdk/protocol/package-name';
import { StartError } from './errors.ts';
import { buildWhenStale } from './stale.ts';

/** Made last, beside the pages, which serve it: programs install the sdk from the market that they use. */
const sdkPackage = join('build', 'client', packagePath);

/**
 * Builds the storefront when its sources changed, its messages first, and the sdk's package for its visitors.
 *
 * @param started Told the ids of the processes that build.
 * @returns whether it had to be built
 * @throws {@link StartError} with the last words of the build
 */
export async function buildStorefront(started: (pid: number) => void = () => undefined): Promise<boolean> {
  const run = (args: string[]) => runToEnd(args, started);
  await run(['--import', 'tsx', 'scripts/messages/main.ts']);
  return buildWhenStale({
    inputs: [
      'web',
      'sdk',
      'contracts/generated',
      'scripts/sdk',
      'svelte.config.js',
      'vite.config.ts',
      'package-lock.json'
    ],
    output: sdkPackage,
    stamp: 'build/.inputs',
    build: async () => {
      await run([join('node_modules', 'vite', 'bin', 'vite.js'), 'build']);
      await run(['--import', 'tsx', 'scripts/sdk/tarball/main.ts', sdkPackage]);
    }
  });
}

/** Runs Node until it ends. Apart from this process: what builds keeps memory and timers. */
function runToEnd(args: string[], started: (pid: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production' }
    });
    if (child.pid !== undefined) started(child.pid);
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new StartError(`The storefront could not be built:\n${output}`));
    });
  });
}
