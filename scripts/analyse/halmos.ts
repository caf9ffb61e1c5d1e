/**
 * Proves the functions `prove_...` of contracts/test/symbolic for all their arguments, with halmos.
 *
 *   node --import tsx scripts/analyse/halmos.ts
 *
 * No part of npm test: it needs Python and, the first time, the package index. The proofs are compiled without the
 * optimiser, whose rewriting of bits keeps the solver from ending; they are about the source.
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { TributaryError } from '#sdk/protocol/problem';
import { foundryBinary } from '../start/chain.ts';
import { pythonProgram } from './python-program.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

async function main(): Promise<void> {
  const halmos = await pythonProgram('halmos', 'halmos==0.3.3');
  const folder = await mkdtemp(join(tmpdir(), 'tributary-halmos-'));
  try {
    await cp(join(root, 'contracts/src/libraries'), join(folder, 'contracts/src/libraries'), { recursive: true });
    await cp(join(root, 'contracts/src/interfaces'), join(folder, 'contracts/src/interfaces'), { recursive: true });
    await cp(join(root, 'contracts/test/symbolic'), join(folder, 'contracts/test/symbolic'), { recursive: true });
    const settings = {
      ...{ src: 'contracts/test/symbolic', test: 'contracts/test/symbolic', out: 'out' },
      ...{ solc: join(root, 'scripts/solc'), evm_version: 'cancun' }
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
    await writeFile(join(folder, 'foundry.toml'), `[profile.default]\noptimizer = false\n${lines.join('')}`);
    const { stdout } = await promisify(execFile)(
      halmos,
      ['--function', 'prove_', '--solver-timeout-assertion', '60000'],
      {
        cwd: folder,
        // It builds with forge.
        env: { ...process.env, PATH: [dirname(foundryBinary('forge')), process.env['PATH']].join(delimiter) },
        timeout: 600_000
      }
    );
    process.stdout.write(stdout.slice(stdout.indexOf('Running ')));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (error instanceof TributaryError) process.stderr.write(`${error.title}. ${error.message}\n`);
  // A proof that failed: halmos says which, and a counterexample.
  else if (error instanceof Error && 'stdout' in error) process.stderr.write(String(error.stdout));
  else throw error;
  process.exitCode = 1;
}
