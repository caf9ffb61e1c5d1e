import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { foundryBinary } from '../start/chain.ts';
import { stages, type Stage } from './stages.ts';

const usage = `npm test [-- stage ...]

Runs every stage, or those whose names begin with one of the given words.`;

interface Outcome {
  readonly stage: Stage;
  readonly passed: boolean;
  readonly seconds: number;
}

/** Runs a stage; its output appears as it comes, so that a long one shows what it does. */
function run(stage: Stage): Promise<Outcome> {
  const started = Date.now();
  const [program, ...args] = stage.command;
  console.log(`\n▶ ${stage.name}: ${stage.proves}`);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NODE_NO_WARNINGS: '1' }
    });
    const finish = (passed: boolean) => resolve({ stage, passed, seconds: (Date.now() - started) / 1000 });
    child.once('error', (error) => {
      console.error(error.message);
      finish(false);
    });
    child.once('exit', (code) => finish(code === 0));
  });
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { help: { type: 'boolean', default: false } }
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const chosen = stages(foundryBinary('forge')).filter(
  ({ name }) => positionals.length === 0 || positionals.some((word) => name.startsWith(word))
);
if (chosen.length === 0) {
  console.error(`No stage begins with ${positionals.join(' or ')}.\n\n${usage}`);
  process.exit(2);
}
const outcomes: Outcome[] = [];
for (const stage of chosen) outcomes.push(await run(stage));
console.log('');
for (const { stage, passed, seconds } of outcomes) {
  console.log(`${passed ? '✓' : '✗'} ${stage.name.padEnd(24)} ${seconds.toFixed(1).padStart(7)} s`);
}
const failed = outcomes.filter(({ passed }) => !passed).length;
console.log(`\nstages: ${String(outcomes.length - failed)} passed, ${String(failed)} failed`);
process.exit(failed === 0 ? 0 : 1);
