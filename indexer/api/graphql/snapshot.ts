import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database } from '../../database.ts';

/**
 * Runs some reading on one moment of the tables, however many queries it takes: a transaction that only reads, at
 * isolation level repeatable read.
 */
export async function withSnapshot<Result>(
  pool: pg.Pool,
  read: (database: Database) => Promise<Result>
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await read(drizzle(oneAtATime(client), { casing: 'snake_case' }));
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // the connection is closed, and with it whatever state the transaction was in
    client.release(true);
    throw error;
  }
}

/** Resolvers ask at the same time; a connection of Postgres answers one query after the other. */
function oneAtATime(client: pg.PoolClient): pg.PoolClient {
  let last: Promise<unknown> = Promise.resolve();
  return new Proxy(client, {
    get(target, property, receiver) {
      if (property !== 'query') return Reflect.get(target, property, receiver) as unknown;
      return (...parameters: [string]) => {
        const next = last.then(() => target.query(...parameters));
        last = next.catch(() => undefined);
        return next;
      };
    }
  });
}
