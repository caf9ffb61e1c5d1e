import { and, asc, count, desc, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Database } from '../database.ts';
import {
  attestation,
  deliveryReport,
  deposit,
  factTables,
  karma,
  karmaChange,
  license,
  offer,
  product,
  purchase,
  stream,
  wish,
  wishAnswer,
  wishStake,
  type FactName,
  type FactRow,
  type FactTables
} from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { Page, View } from './view.ts';

/** The block by which a fact is newer than another; permissions, keys and cohorts have none. */
const blockColumns: Partial<Record<FactName, PgColumn>> = {
  stream: stream.createdAtBlock,
  product: product.createdAtBlock,
  offer: offer.listedAtBlock,
  license: license.purchasedAtBlock,
  purchase: purchase.block,
  deposit: deposit.madeAtBlock,
  deliveryReport: deliveryReport.block,
  karma: karma.changedAtBlock,
  karmaChange: karmaChange.block,
  wish: wish.madeAtBlock,
  wishAnswer: wishAnswer.answeredAtBlock,
  wishStake: wishStake.changedAtBlock,
  attestation: attestation.recordedAtBlock
};

export type FactOrder = 'id' | 'newest' | 'units';

export interface FactQuery {
  readonly filter?: SQL | undefined;
  /** Newest first (then by id, descending); by id, ascending; or, of karma alone, by units, descending. */
  readonly order: FactOrder;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface FactList<Name extends FactName> {
  readonly rows: readonly FactRow<Name>[];
  /** Place of a row, to go on after it. */
  cursorOf(row: FactRow<Name>): string;
  readonly hasMore: boolean;
  /** How many there are on all pages. */
  total(): Promise<number>;
}

/** Decimal digits that every bigint of Postgres can hold, and a column of 256 bits. */
const bigintDigits = 18;
const numericDigits = 78;

/**
 * A page of facts.
 *
 * @throws {@link CursorInvalidError} for a cursor of a list in another order.
 */
export async function listFacts<Name extends FactName>(
  { database }: View,
  fact: Name,
  { filter, order, limit, cursor }: FactQuery
): Promise<FactList<Name>> {
  const table: FactTables[FactName] = factTables[fact];
  const id: PgColumn = table.id;
  const byUnits = order === 'units' && fact === 'karma';
  const key: PgColumn | undefined = byUnits ? karma.units : order === 'newest' ? blockColumns[fact] : undefined;
  const keys = key === undefined ? 0 : 1;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, keys, byUnits ? numericDigits : bigintDigits);
  const place =
    after === undefined
      ? undefined
      : key === undefined
        ? sql`${id} > ${after.id}`
        : byUnits
          ? sql`(${key}, ${id}) < (${after.keys[0]}::numeric, ${after.id})`
          : sql`(${key}, ${id}) < (${after.keys[0]}::bigint, ${after.id})`;
  const rows = (await database
    .select()
    .from(table)
    .where(and(filter, place))
    .orderBy(...(key === undefined ? [asc(id)] : [desc(key), desc(id)]))
    .limit(limit + 1)) as FactRow<Name>[];
  return {
    rows: rows.slice(0, limit),
    hasMore: rows.length > limit,
    cursorOf: (row) =>
      encodeCursor({ keys: key === undefined ? [] : [byUnits ? unitsOf(row) : blockOf(row)], id: row.id }),
    async total() {
      const [counted] = await database.select({ total: count() }).from(table).where(filter);
      return counted?.total ?? 0;
    }
  };
}

/** Facts by id, in no order; unknown ids are left out. */
export async function factsById<Name extends FactName>(
  { database }: View,
  fact: Name,
  ids: readonly string[]
): Promise<FactRow<Name>[]> {
  // No id holds NUL, and Postgres takes none.
  const possible = ids.filter((wanted) => !wanted.includes('\0'));
  if (possible.length === 0) return [];
  return await byIds(database, fact).execute({ ids: possible });
}

const prepared = new WeakMap<Database, Map<FactName, PreparedByIds>>();
type PreparedByIds = ReturnType<typeof prepareByIds>;

/** The statement that reads facts by id, built once for a pool or connection, and planned once by every connection. */
function byIds(database: Database, fact: FactName): PreparedByIds {
  const statements = prepared.get(database) ?? new Map<FactName, PreparedByIds>();
  prepared.set(database, statements);
  const statement = statements.get(fact) ?? prepareByIds(database, fact);
  statements.set(fact, statement);
  return statement;
}

function prepareByIds(database: Database, fact: FactName) {
  const table: FactTables[FactName] = factTables[fact];
  const id: PgColumn = table.id;
  return database
    .select()
    .from(table)
    .where(sql`${id} = any(${sql.placeholder('ids')})`)
    .prepare(`${fact}_by_ids`);
}

function blockOf(row: FactRow<FactName>): string {
  if ('createdAtBlock' in row) return String(row.createdAtBlock);
  if ('listedAtBlock' in row) return String(row.listedAtBlock);
  if ('purchasedAtBlock' in row) return String(row.purchasedAtBlock);
  if ('madeAtBlock' in row) return String(row.madeAtBlock);
  if ('changedAtBlock' in row) return String(row.changedAtBlock);
  if ('answeredAtBlock' in row) return String(row.answeredAtBlock);
  if ('recordedAtBlock' in row) return String(row.recordedAtBlock);
  return 'block' in row ? String(row.block) : '0';
}

function unitsOf(row: FactRow<FactName>): string {
  return 'units' in row ? row.units : '0';
}

/**
 * A page of facts as records of the API.
 *
 * @throws {@link CursorInvalidError} for a cursor of a list in another order.
 */
export async function findPage<Name extends FactName, Item>(
  view: View,
  fact: Name,
  query: FactQuery,
  toItems: (rows: readonly FactRow<Name>[]) => Item[] | Promise<Item[]>
): Promise<Page<Item>> {
  const list = await listFacts(view, fact, query);
  const last = list.rows.at(-1);
  return {
    items: await toItems(list.rows),
    total: await list.total(),
    nextCursor: list.hasMore && last !== undefined ? list.cursorOf(last) : null
  };
}
