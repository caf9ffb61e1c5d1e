import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePorts } from '../scripts/start/ports.ts';
import { startPostgres } from '../scripts/start/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of a real, throw-away Postgres; every test file makes its own database in it. */
    databaseUrl: string;
  }
}

/** One real Postgres for all tests of a run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-test-'));
  // the account that runs Postgres must be able to pass through
  chmodSync(directory, 0o711);
  const [port = 0] = await freePorts(1);
  const postgres = await startPostgres({ directory: join(directory, 'postgres'), port, durable: false });
  project.provide('databaseUrl', postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
