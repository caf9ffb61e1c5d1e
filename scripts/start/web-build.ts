import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { StartError } from './errors.ts';
import { buildWhenStale } from './stale.ts';

/** Builds the storefront when its sources changed. Returns whether it had to. */
export function buildStorefront(): Promise<boolean> {
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
