import { inArray, sql } from 'drizzle-orm';
import { getTableName } from 'drizzle-orm';
import pg from 'pg';
import { createPool, databaseOver, poolOptions, type Database } from '../database.ts';
import { cursor as cursorTable, outbox, outboxReader } from '../schema.ts';
import { refreshSearchRows, type SearchRowOptions } from '../search/postgres/rows.ts';
import { chainTables, lockCursor, type Cursor } from './cursor.ts';

/** Schema in which tables are built while those of the schema "indexer" are served. */
const besideSchema = 'indexer_beside';
/** Name under which the outbox keeps for us which documents were read meanwhile. */
const readerName = 'rebuild';
/** Milliseconds for which the swap waits for whoever reads; then those go first, and it is tried again. */
const swapPatience = 200;

const names = chainTables.map(getTableName);
/** A table of the chain as statements name it: "indexer"."offer", or indexer."offer". */
const tableName = new RegExp(`(?:"indexer"|\\bindexer)\\."(${names.join('|')})"`, 'g');

/** A connection for which the tables of the chain are those beside, and all others the usual ones. */
class BesideClient extends pg.Client {
  // every form of the method hands on what it was given, with another text
  override query(...given: unknown[]): never {
    const [statement, ...others] = given;
    const beside = (text: string) => text.replace(tableName, `"${besideSchema}"."$1"`);
    const changed =
      typeof statement === 'string'
        ? beside(statement)
        : typeof statement === 'object' && statement !== null && 'text' in statement
          ? { ...statement, text: beside(String(statement.text)) }
          : statement;
    return (super.query as (...values: unknown[]) => unknown).call(this, changed, ...others) as never;
  }
}

/** Tables of the chain that nobody sees yet. */
export interface TablesBeside {
  readonly database: Database;
  close(): Promise<void>;
}

/** Opens connections for which the tables of the chain are those beside. */
export function openTablesBeside(databaseUrl: string, onError: (error: Error) => void): TablesBeside {
  const pool = createPool({ ...poolOptions(databaseUrl), max: 2, Client: BesideClient }, onError);
  return { database: databaseOver(pool), close: () => pool.end() };
}

/** Makes the tables beside, empty, with the same columns, indexes and names as those that are served. */
export async function createTablesBeside(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.execute(sql.raw(`drop schema if exists ${besideSchema} cascade`));
    await transaction.execute(sql.raw(`create schema ${besideSchema}`));
    for (const name of names) {
      await transaction.execute(
        sql.raw(`create table ${besideSchema}."${name}" (like indexer."${name}" including defaults including storage)`)
      );
    }
    const { rows } = await transaction.execute<{ definition: string }>(sql`
      select format('alter table %I.%I add constraint %I %s', ${besideSchema}::text, t.relname, c.conname,
        pg_get_constraintdef(c.oid)) as definition
      from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
      where n.nspname = 'indexer' and c.contype in ('p', 'u', 'c') and t.relname = any(${sql.param(names)}::text[])
      union all
      select replace(pg_get_indexdef(i.indexrelid), ' ON indexer.', ' ON ' || ${besideSchema}::text || '.')
      from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n on n.oid = t.relnamespace
      where n.nspname = 'indexer' and t.relname = any(${sql.param(names)}::text[])
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`);
    for (const { definition } of rows) await transaction.execute(sql.raw(definition));
    await transaction.execute(sql`delete from ${outboxReader} where name = ${readerName}`);
    await transaction.execute(sql`
      insert into ${outboxReader} (name, position) select ${readerName}, coalesce(max(position), 0) from ${outbox}`);
  });
}

/** Drops the tables beside, where there are any. */
export async function dropTablesBeside(database: Database): Promise<void> {
  await database.execute(sql.raw(`drop schema if exists ${besideSchema} cascade`));
  await database.delete(outboxReader).where(inArray(outboxReader.name, [readerName]));
}

/** Whether there are tables beside. */
export async function tablesBesideExist(database: Database): Promise<boolean> {
  const { rows } = await database.execute(sql`select from pg_namespace where nspname = ${besideSchema}`);
  return rows.length > 0;
}

/**
 * Puts the tables beside in the place of those that are served, in one transaction; both must be at the same block. What
 * the outbox told stays told.
 *
 * @param served Cursor of the tables that are served.
 * @param fresh Cursor of the tables beside.
 * @returns the cursor as it stands now.
 * @throws whatever Postgres says when somebody reads for too long; then nothing has changed.
 */
export async function swapTables(
  database: Database,
  served: Cursor,
  fresh: Cursor,
  rowOptions: SearchRowOptions
): Promise<Cursor> {
  return database.transaction(async (transaction) => {
    await lockCursor(transaction, served);
    const { rows: read } = await transaction.execute<{ hash: `0x${string}` }>(sql`
      select distinct payload ->> 'documentHash' as hash from ${outbox}
      where kind = 'documentRead' and position > coalesce((select position from ${outboxReader} where name = ${readerName}), 0)`);
    await transaction.execute(sql.raw(`set local lock_timeout = ${String(swapPatience)}`));
    // all at once: whoever reads waits, or is waited for, but not both
    await transaction.execute(sql.raw(`lock table ${names.map((name) => `indexer."${name}"`).join(', ')}`));
    for (const name of names) {
      await transaction.execute(sql.raw(`drop table indexer."${name}"`));
      await transaction.execute(sql.raw(`alter table ${besideSchema}."${name}" set schema indexer`));
    }
    await transaction.execute(sql.raw(`set local lock_timeout = 0`));
    const moved = { ...fresh, telling: served.telling };
    await transaction.update(cursorTable).set(moved);
    // rows beside were made while documents were still read
    await refreshSearchRows(transaction, { documents: read.map(({ hash }) => hash) }, rowOptions);
    await dropTablesBeside(transaction);
    return moved;
  });
}
