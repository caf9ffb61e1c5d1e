import { getTableColumns, getTableName } from 'drizzle-orm';
import { toSnakeCase } from 'drizzle-orm/casing';
import { factTables, type FactName } from '../schema.ts';

const factOfTable = new Map<string, FactName>(
  (Object.keys(factTables) as FactName[]).map((fact) => [getTableName(factTables[fact]), fact] as const)
);
const tableName = new RegExp(`"indexer"\\."(${[...factOfTable.keys()].join('|')})"`, 'g');
const beginsWithQueries = /^\s*with\s+/i;

/**
 * A statement that reads tables of facts -> the same statement as of a block: each of those tables is replaced by what
 * its rows were when the block was the last one. A row that no later block touched is as it is now; any other is as the
 * journal says that it was before the first of them.
 *
 * @param number Every block after it must be in the journal.
 */
export function statementAtBlock(text: string, number: number): string {
  const used = new Set<string>();
  const replaced = text.replace(tableName, (_, table: string) => {
    used.add(table);
    return `"${table}"`;
  });
  if (used.size === 0) return text;
  const tables = [...used].map((table) => `"${table}" as not materialized (${rowsAtBlock(table, number)})`).join(', ');
  return beginsWithQueries.test(replaced)
    ? replaced.replace(beginsWithQueries, `with ${tables}, `)
    : `with ${tables} ${replaced}`;
}

function rowsAtBlock(table: string, number: number): string {
  const fact = factOfTable.get(table);
  if (fact === undefined) throw new TypeError(`${table} holds no facts`);
  const columns = Object.keys(getTableColumns(factTables[fact])).map((key) => ({ key, name: toSnakeCase(key) }));
  const others = columns.filter(({ key }) => key !== 'id');
  const names = ['id', ...others.map(({ name }) => name)];
  const image = columns.map(({ key, name }) => `'${name}', before.image -> '${key}'`).join(', ');
  const later = `fact = '${fact}' and block > ${String(number)}`;
  // the id is the journal's, so that a condition on it finds its rows by an index
  return `select ${names.map((name) => `present."${name}"`).join(', ')} from "indexer"."${table}" present
      where not exists (select from "indexer"."journal" where ${later} and "journal".id = present.id)
    union all
    select before.id, ${others.map(({ name }) => `past."${name}"`).join(', ')}
    from (select distinct on (id) id, image from "indexer"."journal" where ${later} order by id, block) before,
      lateral jsonb_populate_record(null::"indexer"."${table}", jsonb_build_object(${image})) past
    where before.image is not null`;
}
