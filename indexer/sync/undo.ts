import { gt, inArray, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { takeBackMessages } from '../outbox/append.ts';
import { factTables, journal, knownBlock, type FactName, type FactTables } from '../schema.ts';
import { refreshSearchRows, type ChangedForSearch, type SearchRowOptions } from '../search/postgres/rows.ts';
import { changedForSearch } from './changed-for-search.ts';
import type { Header } from './chain.ts';
import { lockCursor, moveCursor, type Cursor } from './cursor.ts';
import { factNames, writeFacts } from './fact-set.ts';

const imagesSchema = z.array(
  z.object({
    fact: z.enum(factNames as [FactName, ...FactName[]]),
    id: z.string(),
    image: z.record(z.string(), z.unknown()).nullable()
  })
);

/**
 * Undoes every block above an ancestor, in one transaction: each row becomes what the earliest image above the ancestor
 * says, and the tables are exactly as they were when the ancestor was the head.
 *
 * @param ancestor A block in the table of known blocks.
 * @param rowOptions What the rows of search depend on, which are written anew with the facts.
 * @param quiet Whether the outbox is not to say so.
 * @returns the cursor, now at the ancestor.
 */
export async function undoTo(
  database: Database,
  cursor: Cursor,
  ancestor: Header,
  rowOptions: SearchRowOptions,
  { quiet = false }: { readonly quiet?: boolean } = {}
): Promise<Cursor> {
  return database.transaction(async (transaction) => {
    await lockCursor(transaction, cursor);
    const result = await transaction.execute(sql`
      select distinct on (fact, id) fact, id, image from ${journal}
      where block > ${ancestor.number} order by fact, id, block`);
    const images = imagesSchema.parse(result.rows);
    const touched = await changedRows(transaction, images);
    for (const fact of factNames) {
      const ofFact = images.filter((image) => image.fact === fact);
      const id: PgColumn = factTables[fact].id;
      const born = ofFact.filter(({ image }) => image === null).map((image) => image.id);
      if (born.length > 0) await transaction.delete(factTables[fact]).where(inArray(id, born));
      await writeFacts(
        transaction,
        fact,
        ofFact.flatMap(({ image }) => (image === null ? [] : [image]))
      );
    }
    await refreshSearchRows(transaction, touched, rowOptions);
    await transaction.delete(journal).where(gt(journal.block, ancestor.number));
    await transaction.delete(knownBlock).where(gt(knownBlock.number, ancestor.number));
    if (!quiet) await takeBackMessages(transaction, ancestor.number);
    const moved = { ...cursor, number: ancestor.number, hash: ancestor.hash, timestamp: ancestor.timestamp };
    await moveCursor(transaction, moved);
    return moved;
  });
}

/** What search has to look at again once rows are undone. */
async function changedRows(
  database: Database,
  images: readonly { fact: FactName; id: string; image: object | null }[]
): Promise<ChangedForSearch> {
  const rows = new Map<FactName, readonly object[]>();
  for (const fact of ['product', 'karma', 'attestation'] as const) {
    const ofFact = images.filter((image) => image.fact === fact);
    const born = ofFact.filter(({ image }) => image === null).map((image) => image.id);
    const table: FactTables[FactName] = factTables[fact];
    const id: PgColumn = table.id;
    // rows that were not before say by themselves whose they are
    const now = born.length === 0 ? [] : await database.select().from(table).where(inArray(id, born));
    rows.set(fact, [...ofFact.flatMap(({ image }) => image ?? []), ...now]);
  }
  return changedForSearch(rows);
}
