import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { Migration } from './migrate.ts';

/** Secrets that all brokers on one database share; whoever reads the database has what they protect anyway. */
export const sharedSecretMigrations: readonly Migration[] = [
  {
    version: 1,
    sql: `create table broker.shared_secret (name text primary key, secret bytea not null)`
  }
];

/**
 * A secret of 32 bytes that every broker on the database has alike, made by the first one that asks.
 *
 * @param name What it is for: "sessions".
 */
export async function readSharedSecret(pool: pg.Pool, name: string): Promise<Buffer> {
  await pool.query('insert into broker.shared_secret (name, secret) values ($1, $2) on conflict do nothing', [
    name,
    randomBytes(32)
  ]);
  const { rows } = await pool.query<{ secret: Buffer }>('select secret from broker.shared_secret where name = $1', [
    name
  ]);
  const [row] = rows;
  // A row is never deleted: if it is not there another broker is just making the table anew.
  return row === undefined ? readSharedSecret(pool, name) : row.secret;
}
