import { and, asc, count, desc, inArray, sql, type SQL } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import {
  factTables,
  license,
  offer,
  product,
  purchase,
  stream,
  type FactName,
  type FactRow,
  type FactTables
} from '../schema.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import type { View } from './view.ts';

/** The block by which a fact is newer than another; permissions and keys have none. */
const blockColumns: Partial<Record<FactName, PgColumn>> = {
  stream: stream.createdAtBlock,
  product: product.createdAtBlock,
  offer: offer.listedAtBlock,
  license: license.purchasedAtBlock,
  purchase: purchase.block
};

export type FactOrder = 'id' | 'newest';

export interface FactQuery {
  readonly filter?: SQL | undefined;
  /** Newest first (then by id, descending), or by id, ascending. */
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

/** Decimal digits that every bigint of Postgres can hold. */
const bigintDigits = 18;

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
  const block = order === 'newest' ? blockColumns[fact] : undefined;
  const keys = block === undefined ? 0 : 1;
  const after = cursor === undefined ? undefined : decodeCursor(cursor, keys, bigintDigits);
  const place =
    after === undefined
      ? undefined
      : block === undefined
        ? sql`${id} > ${after.id}`
        : sql`(${block}, ${id}) < (${after.keys[0]}::bigint, ${after.id})`;
  const rows = (await database
    .select()
    .from(table)
    .where(and(filter, place))
    .orderBy(...(block === undefined ? [asc(id)] : [desc(block), desc(id)]))
    .limit(limit + 1)) as FactRow<Name>[];
  return {
    rows: rows.slice(0, limit),
    hasMore: rows.length > limit,
    cursorOf: (row) => encodeCursor({ keys: block === undefined ? [] : [blockOf(row)], id: row.id }),
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
  const table: FactTables[FactName] = factTables[fact];
  const id: PgColumn = table.id;
  return await database.select().from(table).where(inArray(id, possible));
}

function blockOf(row: FactRow<FactName>): string {
  if ('createdAtBlock' in row) return String(row.createdAtBlock);
  if ('listedAtBlock' in row) return String(row.listedAtBlock);
  if ('purchasedAtBlock' in row) return String(row.purchasedAtBlock);
  return 'block' in row ? String(row.block) : '0';
}
