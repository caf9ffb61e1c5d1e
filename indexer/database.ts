import { sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type Problem, TributaryError } from '#sdk/protocol/problem';

/** The database is not configured or does not answer. */
export class DatabaseUnavailableError extends TributaryError {
  readonly code = 'database-unavailable';
  readonly title = 'The database is not available';
  override readonly status = 503;

  override toProblem(): Problem {
    return { ...super.toProblem(), retryAfter: 2 };
  }
}

/** The indexer's tables, inside or outside a transaction. */
export type Database = NodePgDatabase;
export interface OpenDatabase {
  readonly database: Database;
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

/** Any number: all processes that create the tables at the same time agree on it. */
const migrationLock = 7_236_501;

/** Milliseconds after which a query is given up, so that no request holds a connection for ever. */
const queryTimeout = 30_000;

/** How connections are made, whoever makes them. */
export function poolOptions(url: string): pg.PoolConfig {
  return {
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    statement_timeout: queryTimeout,
    application_name: 'tributary-indexer',
    // compiling a query takes longer than any of ours runs; what is searched lies in memory, where no page is far
    options: '-c jit=off -c random_page_cost=1.1'
  };
}

/**
 * Makes a pool. While a connection is lent out the pool does not listen to it: whoever has it hears from the query that
 * fails that it broke, and without a listener of its own the process would end.
 *
 * @param onError Told when an idle connection breaks.
 */
export function createPool(options: pg.PoolConfig, onError: (error: Error) => void): pg.Pool {
  const pool = new pg.Pool(options);
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/**
 * Opens a pool of connections. Nothing is asked of the server yet.
 *
 * @param url Connection string of a Postgres 18 database; extensions unaccent and pg_trgm are created in it.
 */
export function openDatabase(url: string, onError: (error: Error) => void): OpenDatabase {
  const pool = createPool({ ...poolOptions(url), max: 12 }, onError);
  return { database: databaseOver(pool), pool, close: () => pool.end() };
}

/**
 * What queries are built with. Its transactions give their connection back however they end: drizzle's own keeps it for
 * ever when already the beginning fails, as it does when Postgres has just died, and the pool runs empty.
 */
export function databaseOver(pool: pg.Pool): Database {
  const database = drizzle(pool, { casing: 'snake_case' });
  database.transaction = async (work, settings) => {
    const client = await pool.connect();
    try {
      const result = await drizzle(client, { casing: 'snake_case' }).transaction(work, settings);
      client.release();
      return result;
    } catch (error) {
      // Nobody knows the state of its transaction: closing the connection undoes it.
      client.release(true);
      throw error;
    }
  };
  return database;
}

/** Creates the tables, or brings them to the version of this code; safe to call from several processes at once. */
export async function migrateTables(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await migrate(drizzle(client), {
      migrationsFolder: fileURLToPath(new URL('./migrations', import.meta.url)),
      migrationsSchema: 'indexer',
      migrationsTable: 'migration'
    });
  } finally {
    // ends the session and with it the lock
    client.release(true);
  }
}

/** Whether the database answers. */
export async function databaseAnswers(database: Database): Promise<boolean> {
  try {
    await database.execute(sql`select 1`);
    return true;
  } catch {
    return false;
  }
}

/** Connections that could not be made or that broke: of the system, and of Postgres (classes 08, 53 and 57P). */
const away = /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|08...|53...|57P..)$/;
/** What the driver says without a code. */
const brokenOff =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection)/;

/** Whether a query failed because the database is away, rather than for anything in the query. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return away.test(code) || brokenOff.test(error.message) || isDatabaseAway(error.cause);
}
