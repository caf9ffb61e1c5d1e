import { sql } from 'drizzle-orm';
import type { Logger } from 'pino';
import { z } from 'zod';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchProduct, searchRemoved } from '../../schema.ts';
import { createProductTable, type ProductTable } from './product-table.ts';
import { readRows, standingOf, type Standing } from './read-rows.ts';

/** Rows that are read at once: few, so that whoever asks meanwhile waits for milliseconds. */
const rowsAtOnce = 500;
/** Changes that a search waits for; with more, rows are searched meanwhile. */
const changesAtOnce = 2_000;
/** Milliseconds after which it is tried again what failed, or what was too large. */
const failurePause = 5_000;
const tooLargePause = 600_000;
/** Places left empty, and their part of all, from which on the table is made anew. */
const emptyLeast = 1_000;
const emptyPart = 0.25;

/** The products of the tables, in memory. The tables are the truth: what is kept follows them, change by change. */
export interface ProductMemory {
  /**
   * The products as the tables have them at the moment of the call, or later.
   *
   * @returns null while they are still read, or are too many: then the rows themselves are to be searched.
   */
  current(): Promise<ProductTable | null>;
  /** Ends after what runs. */
  close(): Promise<void>;
}

interface Kept extends Standing {
  readonly table: ProductTable;
}

const changeSchema = z.object({ id: bytes32Schema, changed: z.coerce.number() });

/**
 * Keeps the products of the tables in memory, beginning at once.
 *
 * @param productsMost Products that are kept at most, so that memory stays bounded (see README.md); beyond, rows are
 * searched.
 */
export function keepProductsInMemory(database: Database, logger: Logger, productsMost: number): ProductMemory {
  let kept: Kept | null = null;
  let reading: Promise<void> | null = null;
  let pausedUntil = 0;
  let closed = false;
  let look: Promise<ProductTable | null> | null = null;
  let nextLook: Promise<ProductTable | null> | null = null;

  /** There are too many. */
  function giveUp(): void {
    kept = null;
    pausedUntil = Date.now() + tooLargePause;
    logger.warn({ most: productsMost }, 'products are too many to keep in memory; their rows are searched');
  }

  /** Reads all rows into a new table. */
  async function readAll(): Promise<void> {
    const began = performance.now();
    const { file, position } = await standingOf(database);
    const { rows } = await database.execute<{ count: number }>(
      sql`select count(*)::int as count from (select from ${searchProduct} limit ${productsMost + 1}) counted`
    );
    if ((rows[0]?.count ?? 0) > productsMost) {
      giveUp();
      return;
    }
    const table = createProductTable();
    for (let after = ''; !closed;) {
      const some = await readRows(database, sql`id > ${after}`, sql`order by id limit ${rowsAtOnce}`);
      for (const row of some) table.put(row);
      after = some.at(-1)?.id ?? '';
      if (some.length < rowsAtOnce) break;
    }
    // another table now, if it was emptied or exchanged meanwhile: it is read anew at the next look
    kept = { table, file, position };
    logger.info(
      {
        products: table.count(),
        megabytes: Math.round(table.bytes() / 1e6),
        milliseconds: Math.round(performance.now() - began)
      },
      'products are searched in memory'
    );
  }

  /** Does something beside the searches, one at a time. */
  function inBackground(work: () => Promise<void>): void {
    if (reading !== null || closed || Date.now() < pausedUntil) return;
    reading = work()
      .catch((error: unknown) => {
        pausedUntil = Date.now() + failurePause;
        if (!closed) logger.warn({ error }, 'products could not be read into memory; their rows are searched');
      })
      .finally(() => {
        reading = null;
      });
  }

  /** Reads what changed since, at most so many rows. @returns whether that was all. */
  async function catchUp(known: Kept, to: number): Promise<boolean> {
    const { rows } = await database.execute(sql`
      select id, changed::text from (
        select id, changed from ${searchProduct} where changed > ${known.position} and changed <= ${to}
        union all
        select id, changed from ${searchRemoved} where changed > ${known.position} and changed <= ${to}) as changes
      order by changed limit ${changesAtOnce}`);
    const changes = z.array(changeSchema).parse(rows);
    const ids = changes.map(({ id }) => id);
    const found = await readRows(
      database,
      sql`id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::json)))`,
      sql``
    );
    if (kept !== known) return false;
    const there = new Set(found.map(({ id }) => id));
    for (const row of found) known.table.put(row);
    for (const id of ids) if (!there.has(id)) known.table.remove(id);
    const all = changes.length < changesAtOnce;
    kept = { ...known, position: all ? to : (changes.at(-1)?.changed ?? to) };
    return all;
  }

  async function lookAtTables(): Promise<ProductTable | null> {
    const { file, position } = await standingOf(database);
    const known = kept;
    if (known?.file !== file) {
      inBackground(readAll);
      return null;
    }
    const { table } = known;
    if (table.count() > productsMost) {
      giveUp();
      return null;
    }
    if (table.gone() > emptyLeast && table.gone() > emptyPart * table.count()) inBackground(readAll);
    return position <= known.position || (await catchUp(known, position)) ? table : null;
  }

  inBackground(readAll);
  return {
    current() {
      // who asks while a look is under way may know of something that it missed, and shares the next one
      if (look === null) {
        look = lookAtTables().finally(() => {
          look = null;
        });
        return look;
      }
      nextLook ??= look
        .catch(() => null)
        .then(() => {
          nextLook = null;
          look = lookAtTables().finally(() => {
            look = null;
          });
          return look;
        });
      return nextLook;
    },
    async close() {
      closed = true;
      await reading;
    }
  };
}
