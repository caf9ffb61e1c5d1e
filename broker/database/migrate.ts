import type pg from 'pg';

/** One step of a room's tables. Steps are only ever added; a released one never changes. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Lock that keeps two starting brokers from migrating at once. */
const migrationLock = 7_416_225_011;

/**
 * Brings the tables of one part of the broker up to date, each step in a transaction of its own.
 *
 * @param part Name of the part: "relay" or "keys".
 */
export async function migrate(pool: pg.Pool, part: string, migrations: readonly Migration[]): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query('create schema if not exists broker');
    await client.query(
      `create table if not exists broker.migration (
         part text not null, version int not null, applied_at timestamptz not null default now(),
         primary key (part, version))`
    );
    const { rows } = await client.query<{ version: number }>('select version from broker.migration where part = $1', [
      part
    ]);
    const applied = new Set(rows.map((row) => row.version));
    for (const { version, sql } of migrations) {
      if (applied.has(version)) continue;
      await client.query('begin');
      await client.query(sql);
      await client.query('insert into broker.migration (part, version) values ($1, $2)', [part, version]);
      await client.query('commit');
    }
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
    client.release();
  } catch (error) {
    // Closing the connection undoes an open transaction and drops the lock.
    client.release(true);
    throw error;
  }
}
