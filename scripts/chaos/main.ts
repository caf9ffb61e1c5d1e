import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { TributaryError } from '#sdk/protocol/problem';

const usage = `npm run chaos [-- --seconds 600] [--seed N] [--runs N]

Kills the broker, a seller's issuer and Postgres, cuts connections and fills the disk under load, again and again, and
checks after each run that every acknowledged event is there once and in order, and that whoever is entitled can read. A
run is told by its seed: the same seed hurts the same parts after the same pauses. The short form is a part of npm test.`;

class ArgumentInvalidError extends TributaryError {
  readonly code = 'argument-invalid';
  readonly title = 'The command was called wrongly';
}

/** A whole number that an option gives. */
function whole(text: string | undefined, otherwise: number, name: string): number {
  const number = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new ArgumentInvalidError(`--${name} must be a whole number from 1 on.\n\n${usage}`);
  }
  return number;
}

function run(seed: number, seconds: number): Promise<boolean> {
  const vitest = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'integration',
    'test/integration/chaos.test.ts'
  ];
  const child = spawn(process.execPath, vitest, {
    stdio: 'inherit',
    env: { ...process.env, CHAOS_SEED: String(seed), CHAOS_SECONDS: String(seconds) }
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code === 0));
  });
}

async function main(): Promise<void> {
  const options = { seconds: { type: 'string' }, seed: { type: 'string' }, runs: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const seconds = whole(values.seconds, 300, 'seconds');
  const runs = whole(values.runs, 1, 'runs');
  const first = whole(values.seed, randomInt(1, 2 ** 31), 'seed');
  const failed: number[] = [];
  for (let seed = first; seed < first + runs; seed += 1) {
    if (!(await run(seed, seconds))) failed.push(seed);
  }
  process.stdout.write(
    failed.length === 0
      ? `\nchaos: ${String(runs)} of ${String(runs)} runs kept every promise\n`
      : `\nchaos: repeat what failed with ${failed.map((seed) => `--seed ${String(seed)}`).join(', ')}\n`
  );
  if (failed.length > 0) process.exitCode = 1;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
