import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { TributaryError } from '#sdk/protocol/problem';
import { freePorts } from './start/ports.ts';
import { type RunningPostgres, startPostgres } from './start/postgres.ts';

/**
 * A seller's own issuer, with a Postgres of its own in the data folder where DATABASE_URL names none.
 *
 *   SELLER_ACCOUNTS=0x… MARKET_URL=https://… VAULT_PASSPHRASE_FROM=prompt npm run issue
 */
async function main(): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const configuration = parseConfiguration(process.env);
  let database: RunningPostgres | undefined;
  if (configuration.DATABASE_URL === undefined) {
    const [port = 0] = await freePorts(1);
    database = await startPostgres({ directory: join(configuration.DATA_DIRECTORY, 'seller-database'), port });
  }
  try {
    const issuer = spawn(process.execPath, ['--import', 'tsx', 'broker/issuer-main.ts'], {
      // A passphrase may be typed, or come by a descriptor.
      stdio: ['inherit', 'inherit', 'inherit', ...handedOn(configuration.VAULT_PASSPHRASE_FROM)],
      env: { ...process.env, ...(database !== undefined && { DATABASE_URL: database.url }) },
      // Ctrl-C reaches only this process, which passes it on and ends the database after it.
      detached: configuration.VAULT_PASSPHRASE_FROM !== 'prompt' && process.platform !== 'win32'
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => issuer.kill('SIGTERM'));
    return await new Promise<number>((resolve, reject) => {
      issuer.once('error', reject);
      issuer.once('exit', (code) => {
        resolve(code ?? 1);
      });
    });
  } finally {
    await database?.stop();
  }
}

/** Descriptors from 3 up to the one of which the passphrase is read. */
function handedOn(source: string | undefined): (number | 'ignore')[] {
  const descriptor = Number(/^descriptor:(\d+)$/.exec(source ?? '')?.[1] ?? 0);
  return Array.from({ length: Math.max(0, descriptor - 2) }, (_, place) =>
    place + 3 === descriptor ? descriptor : 'ignore'
  );
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    if (error instanceof TributaryError) console.error(`\n${error.title}. ${error.message}\n`);
    else console.error(error);
    process.exit(1);
  }
);
