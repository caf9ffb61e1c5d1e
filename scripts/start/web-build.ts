import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StartError } from './errors.ts';
import { buildWhenStale } from './stale.ts';

/**
 * Builds the storefront when its sources changed.
 *
 * @param started Told the id of the process that builds.
 * @returns whether it had to be built
 * @throws {@link StartError} with the last words of the build
 */
export function buildStorefront(started: (pid: number) => void = () => undefined): Promise<boolean> {
  return buildWhenStale({
    inputs: ['web', 'sdk', 'contracts/generated', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'],
    output: 'build/handler.js',
    stamp: 'build/.inputs',
    build: () =>
      new Promise<void>((resolve, reject) => {
        const vite = spawn(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), 'build'], {
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, NODE_ENV: 'production' }
        });
        if (vite.pid !== undefined) started(vite.pid);
        let output = '';
        const keep = (chunk: Buffer) => {
          output = (output + chunk.toString()).slice(-4_000);
        };
        vite.stdout.on('data', keep);
        vite.stderr.on('data', keep);
        vite.once('error', reject);
        vite.once('exit', (code) => {
          if (code === 0) resolve();
          else reject(new StartError(`The storefront could not be built:\n${output}`));
        });
      })
  });
}
