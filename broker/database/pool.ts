import type { Logger } from 'pino';
import pg from 'pg';
import { TributaryError } from '#sdk/protocol/problem';

/** The database does not answer, so nothing can be stored or read. */
export class DatabaseUnavailableError extends TributaryError {
  readonly code = 'database-unavailable';
  readonly title = 'The event log is not available';
  override readonly status = 503;

  override toProblem() {
    return { ...super.toProblem(), retryAfter: 2 };
  }
}

// 64-bit integers of this schema are offsets and times below 2^53.
const integers = new pg.TypeOverrides();
integers.setTypeParser(pg.types.builtins.INT8, Number);

/**
 * Opens a pool of connections whose commits are durable when they return, whatever the server's default says.
 *
 * @param url Address of the Postgres, postgres://...
 * @param connections Most connections at a time.
 */
export function openPool(url: string, logger: Logger, connections = 10): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 5_000,
    types: integers,
    options: '-c synchronous_commit=on -c search_path=broker,public'
  });
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', (error) => logger.warn({ reason: error.message }, 'a database connection broke'));
  // Nor does the pool listen to one that is lent out: whoever has it hears of the break from the query that fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Whether Postgres says that trying the same transaction again can succeed: serialisation, deadlock, unique race. */
export function isTransient(error: unknown): boolean {
  return error instanceof pg.DatabaseError && ['40001', '40P01', '23505'].includes(error.code ?? '');
}

/** Whether Postgres answered with an error of its own, so that the transaction is surely undone. */
export function isAnswered(error: unknown): error is pg.DatabaseError {
  // Class 57 is "terminating connection": the commit may have happened.
  return error instanceof pg.DatabaseError && !(error.code ?? '').startsWith('57');
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
  return away.test(code) || brokenOff.test(error.message);
}

/** Why the database does not work now, as a sentence for operators; null if it does. */
export async function poolTrouble(pool: pg.Pool): Promise<string | null> {
  try {
    await pool.query('select 1');
    return null;
  } catch (error) {
    return `The database does not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
