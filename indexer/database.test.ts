import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { expect, inject, it } from 'vitest';
import { problemOf } from './api/problems.ts';
import { type Database, openDatabase } from './database.ts';

/** What a client is told when this statement fails. */
async function told(url: string, statement: string): Promise<unknown> {
  const open = openDatabase(url, () => undefined);
  const run = (database: Database) => database.execute(sql.raw(statement));
  const problem = await run(open.database).then(
    () => null,
    (error: unknown) => problemOf(error, pino({ level: 'silent' }))
  );
  await open.close();
  return problem;
}

it('tells a database that is away from a failure of ours', async () => {
  const url = inject('databaseUrl');
  const away = { status: 503, type: '/problems/database-unavailable', retryAfter: 2 };
  // nothing listens on port 9
  expect(await told('postgres://postgres@127.0.0.1:9/none', 'select 1')).toMatchObject(away);
  expect(await told(url, 'select pg_terminate_backend(pg_backend_pid())')).toMatchObject(away);
  expect(await told(url, 'select 1 / 0')).toMatchObject({ status: 500, type: '/problems/internal' });
});
