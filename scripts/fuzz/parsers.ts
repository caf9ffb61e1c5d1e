/**
 * Feeds every parser of sdk/protocol that faces the network with changed valid inputs and noise, in a process of its own
 * with little memory, and fails on anything but a refusal, on more memory than that, and on silence.
 *
 *   node --import tsx scripts/fuzz/parsers.ts [--inputs 1000000] [--seed 1]
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { fuzzParsers } from './fuzz-parsers.ts';

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    here: { type: 'boolean', default: false }
  }
});
const { inputs, seed } = z
  .object({ inputs: z.coerce.number().int().min(1), seed: z.coerce.number().int().min(0) })
  .parse(values);

/** Mebibytes of heap for all parsers together, and milliseconds without a thousand inputs that count as a hang. */
const heap = 192;
const patience = 60_000;

async function work(): Promise<void> {
  let most = 0;
  const results = await fuzzParsers({
    inputs,
    seed,
    onProgress: (done) => {
      most = Math.max(most, process.memoryUsage.rss());
      process.send?.(done);
    }
  });
  for (const { name, inputs: count, taken, slowest } of results) {
    const figures = `${String(count).padStart(8)} inputs ${String(taken).padStart(7)} taken`;
    process.stdout.write(`${name.padEnd(26)} ${figures} ${slowest.toFixed(1).padStart(8)} ms slowest\n`);
  }
  process.stdout.write(
    `${String(inputs)} inputs, no fault, at most ${String(Math.round(most / 2 ** 20))} MiB resident\n`
  );
}

function watch(): void {
  const child = fork(fileURLToPath(import.meta.url), [...process.argv.slice(2), '--here'], {
    execArgv: [...process.execArgv, `--max-old-space-size=${String(heap)}`]
  });
  const hang = () => {
    process.stderr.write(`No progress for ${String(patience / 1000)} s: a parser hangs.\n`);
    child.kill('SIGKILL');
  };
  let timer = setTimeout(hang, patience);
  child.on('message', () => {
    clearTimeout(timer);
    timer = setTimeout(hang, patience);
  });
  child.on('exit', (code) => {
    clearTimeout(timer);
    process.exitCode = code ?? 1;
  });
}

if (values.here) {
  await work();
  process.disconnect();
} else watch();
