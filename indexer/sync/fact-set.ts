import { getTableColumns, inArray, sql } from 'drizzle-orm';
import { toSnakeCase } from 'drizzle-orm/casing';
import { getTableConfig, type PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import { factTables, type FactName, type FactRow, type FactTables } from '../schema.ts';

/** Names one row: its table and its id. */
export interface FactKey {
  readonly fact: FactName;
  readonly id: string;
}

/** How a row was before a block touched it; null where it was not. */
export interface Image extends FactKey {
  readonly block: number;
  readonly image: object | null;
}

/** Rows in memory: read and changed by the facts' rules, then written in bulk. Rows are never changed in place. */
export interface FactSet {
  get<Name extends FactName>(fact: Name, id: string): FactRow<Name> | undefined;
  put<Name extends FactName>(fact: Name, row: FactRow<Name>, block: number): void;
  /** Rows that were put, as they are now. */
  changed(): ReadonlyMap<FactName, readonly object[]>;
  /** Images of before, for every row and block. */
  images(): readonly Image[];
}

export const factNames = Object.keys(factTables) as FactName[];

/** Rows by their table and id. */
export type LoadedRows = Map<FactName, Map<string, object>>;

/** Loads rows into those that are loaded already. */
export async function loadRows(database: Database, keys: Iterable<FactKey>, rows: LoadedRows): Promise<void> {
  const wanted = new Map<FactName, Set<string>>();
  for (const { fact, id } of keys) {
    if (rows.get(fact)?.has(id) === true) continue;
    const ids = wanted.get(fact) ?? new Set();
    wanted.set(fact, ids.add(id));
  }
  for (const [fact, ids] of wanted) {
    const table: FactTables[FactName] = factTables[fact];
    const id: PgColumn = table.id;
    const found: { id: string }[] = await database
      .select()
      .from(table)
      .where(inArray(id, [...ids]));
    const loaded = rows.get(fact) ?? new Map<string, object>();
    for (const row of found) loaded.set(row.id, row);
    rows.set(fact, loaded);
  }
}

/** A set that holds the given rows. */
export function createFactSet(rows: LoadedRows): FactSet {
  const changed = new Map<FactName, Set<string>>();
  const images = new Map<string, Image>();
  const tableOf = (fact: FactName) => {
    const table = rows.get(fact) ?? new Map<string, object>();
    rows.set(fact, table);
    return table;
  };
  return {
    get: <Name extends FactName>(fact: Name, id: string) => rows.get(fact)?.get(id) as FactRow<Name> | undefined,
    put(fact, row, block) {
      const table = tableOf(fact);
      const key = `${String(block)} ${fact} ${row.id}`;
      if (!images.has(key)) images.set(key, { block, fact, id: row.id, image: table.get(row.id) ?? null });
      table.set(row.id, row);
      const ids = changed.get(fact) ?? new Set();
      changed.set(fact, ids.add(row.id));
    },
    changed: () =>
      new Map(
        [...changed].map(([fact, ids]) => [fact, [...ids].flatMap((id) => rows.get(fact)?.get(id) ?? [])] as const)
      ),
    images: () => [...images.values()]
  };
}

/** Rows per statement; a statement carries them as one JSON text. */
const rowsAtOnce = 5_000;

/** Writes rows in bulk: new ones are inserted, known ones replaced. */
export async function writeFacts(database: Database, fact: FactName, rows: readonly object[]): Promise<void> {
  const table = factTables[fact];
  const columns = Object.keys(getTableColumns(table)).map((key) => ({ key, name: toSnakeCase(key) }));
  const names = sql.raw(columns.map(({ name }) => `"${name}"`).join(', '));
  const updates = sql.raw(columns.map(({ name }) => `"${name}" = excluded."${name}"`).join(', '));
  const record = sql.raw(`indexer."${getTableConfig(table).name}"`);
  for (let start = 0; start < rows.length; start += rowsAtOnce) {
    const json = JSON.stringify(
      rows
        .slice(start, start + rowsAtOnce)
        .map((row) => Object.fromEntries(columns.map(({ key, name }) => [name, (row as Record<string, unknown>)[key]])))
    );
    await database.execute(sql`
      insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${record}, ${json}::json)
      on conflict ("id") do update set ${updates}`);
  }
}
