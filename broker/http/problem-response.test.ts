import { pino } from 'pino';
import { expect, inject, it } from 'vitest';
import { openPool } from '../database/pool.ts';
import { problemOf } from './problem-response.ts';

const logger = pino({ level: 'silent' });

/** What a client is told when this statement fails. */
async function told(url: string, statement: string): Promise<unknown> {
  const pool = openPool(url, logger);
  const problem = await pool.query(statement).then(
    () => null,
    (error: unknown) => problemOf(error, logger)
  );
  await pool.end();
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
