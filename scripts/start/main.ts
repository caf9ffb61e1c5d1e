import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { TributaryError } from '#sdk/protocol/problem';
import { startMarket } from './market.ts';
import { createProgress } from './progress.ts';

const usage = `npm start [-- --fresh]

Runs the whole market on this machine. --fresh removes the data of earlier runs first.
Configuration: variables of the environment or of a file .env; .env.example lists them.`;

async function main(): Promise<number> {
  let values;
  try {
    ({ values } = parseArgs({
      options: { fresh: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } }
    }));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`);
    return 2;
  }
  if (values.help) {
    console.log(usage);
    return 0;
  }
  // what the environment says already stands
  if (existsSync('.env')) process.loadEnvFile('.env');
  const started = Date.now();
  const stopAsked = new Promise<'stop'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('stop'));
  });
  const configuration = parseConfiguration(process.env);
  const market = startMarket(configuration, { fresh: values.fresh }, createProgress());
  try {
    const parts = await Promise.race([market.open, stopAsked]);
    if (parts !== 'stop') {
      for (const { name, where, detail } of parts)
        console.log(`  ${name.padEnd(12)} ${where.padEnd(42)} ${detail}`.trimEnd());
      const seconds = ((Date.now() - started) / 1000).toFixed(1);
      console.log(`\n  Tributary is open after ${seconds} s: ${configuration.PUBLIC_URL}\n  Ctrl-C ends it.\n`);
      await stopAsked;
    }
    console.log('\n  Ending …');
  } finally {
    await market.stop();
  }
  console.log('  Ended.');
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof TributaryError) console.error(`\n${error.title}. ${error.message}\n`);
    else console.error(error);
    process.exit(1);
  }
);
