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

it('gives every connection back, also when a transaction could not even begin', async () => {
  const open = openDatabase(inject('databaseUrl'), () => undefined);
  const nothing = () => Promise.resolve();
  for (let failed = 0; failed < 20; failed += 1) {
    // refused by Postgres as the words of the beginning
    const beginning = { isolationLevel: 'no such level' as 'serializable' };
    await expect(open.database.transaction(nothing, beginning)).rejects.toThrow();
    await expect(open.database.transaction((inner) => inner.execute(sql`select 1 / 0`))).rejects.toThrow();
  }
  expect(await open.database.transaction((inner) => inner.execute(sql`select 1`))).toMatchObject({ rowCount: 1 });
  await open.close();
});
