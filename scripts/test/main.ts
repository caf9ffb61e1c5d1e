import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { foundryBinary } from '../start/chain.ts';
import { stages, type Stage } from './stages.ts';

const usage = `npm test [-- stage ...]

Runs every stage, or those whose names begin with one of the given words.`;

interface Outcome {
  readonly stage: Stage;
  readonly passed: boolean;
  readonly seconds: number;
  /** The end of what it printed: tools say what failed last. */
  readonly last: string;
}

/** Stages that only read run at once on this many cores. */
const width = Math.max(1, Math.min(4, availableParallelism()));

/** Characters of a failed stage's output that are shown once more at the end, where people look first. */
const repeated = 3_000;

/** Runs a stage. Alone, its output appears as it comes; beside others, when it is done, so that it stays together. */
function run(stage: Stage, alone: boolean): Promise<Outcome> {
  const started = Date.now();
  const [program, ...args] = stage.command;
  if (alone) console.log(`\n▶ ${stage.name}: ${stage.proves}`);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        NODE_NO_WARNINGS: '1',
        // A pipe is not a terminal, but what it is shown on may be one.
        ...(process.stdout.isTTY && process.env.NO_COLOR === undefined ? { FORCE_COLOR: '1' } : {})
      }
    });
    const output: Buffer[] = [];
    const take = (chunk: Buffer) => {
      output.push(chunk);
      if (alone) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const finish = (passed: boolean) => {
      const said = Buffer.concat(output).toString();
      const outcome = { stage, passed, seconds: (Date.now() - started) / 1000, last: said.trimEnd().slice(-repeated) };
      if (!alone) console.log(`${line(outcome)}  ${stage.proves}`);
      if (!alone && !passed && said.length > repeated) process.stdout.write(`${said}\n`);
      resolve(outcome);
    };
    child.once('error', (error) => {
      console.error(error.message);
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
  });
}

/** Runs what may run at once, in order of the list, a few at a time. */
async function runTogether(together: readonly Stage[]): Promise<Outcome[]> {
  const waiting = [...together];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let stage = waiting.shift(); stage !== undefined; stage = waiting.shift())
      outcomes.push(await run(stage, false));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return outcomes;
}

function line({ stage, passed, seconds }: Omit<Outcome, 'last'>): string {
  return `${passed ? '✓' : '✗'} ${stage.name.padEnd(24)} ${seconds.toFixed(1).padStart(7)} s`;
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
for (const phase of ['first', 'reads', 'alone'] as const) {
  const due = chosen.filter((stage) => stage.phase === phase);
  if (phase === 'reads') outcomes.push(...(await runTogether(due)));
  else for (const stage of due) outcomes.push(await run(stage, true));
}
for (const { stage, passed, last } of outcomes) if (!passed) console.log(`\n✗ ${stage.name} ended with:\n${last}`);
console.log('');
for (const outcome of outcomes) console.log(line(outcome));
const failed = outcomes.filter(({ passed }) => !passed).length;
console.log(`\nstages: ${String(outcomes.length - failed)} passed, ${String(failed)} failed`);
process.exit(failed === 0 ? 0 : 1);
