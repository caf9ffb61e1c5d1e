import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { Database } from '../database.ts';

/**
 * Runs some reading on one moment of the tables, however many queries it takes: a transaction that only reads, at
 * isolation level repeatable read.
 *
 * @param read Gets what reads, and the same without `rewrite`.
 * @param rewrite Changes every statement before it is sent.
 */
export async function withSnapshot<Result>(
  pool: pg.Pool,
  read: (database: Database, plain: Database) => Promise<Result>,
  rewrite?: (text: string) => string
): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const plain = databaseOf(client);
    const result = await read(rewrite === undefined ? plain : rewritten(client, rewrite), plain);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // the connection is closed, and with it whatever state the transaction was in
    client.release(true);
    throw error;
  }
}

/** What queries are built with, by connection: it holds nothing of a transaction. */
const databases = new WeakMap<pg.PoolClient, Database>();

function databaseOf(client: pg.PoolClient): Database {
  let database = databases.get(client);
  if (database === undefined) {
    database = drizzle(oneAtATime(client), { casing: 'snake_case' });
    databases.set(client, database);
  }
  return database;
}

/** What sends other statements than it is given; none of them is prepared. */
function rewritten(client: pg.PoolClient, rewrite: (text: string) => string): Database {
  const serial = oneAtATime(client);
  const proxy = new Proxy(client, {
    get(target, property, receiver) {
      if (property !== 'query') return Reflect.get(target, property, receiver) as unknown;
      return (statement: string | { readonly text: string }, ...parameters: unknown[]) => {
        const changed =
          typeof statement === 'string'
            ? rewrite(statement)
            : { ...statement, name: undefined, text: rewrite(statement.text) };
        return (serial.query as (...given: unknown[]) => unknown)(changed, ...parameters);
      };
    }
  });
  return drizzle(proxy, { casing: 'snake_case' });
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
