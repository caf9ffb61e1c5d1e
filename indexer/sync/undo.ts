import { gt, inArray, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Database } from '../database.ts';
import { factTables, journal, knownBlock, type FactName } from '../schema.ts';
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
 * @returns the cursor, now at the ancestor.
 */
export async function undoTo(database: Database, cursor: Cursor, ancestor: Header): Promise<Cursor> {
  return database.transaction(async (transaction) => {
    await lockCursor(transaction, cursor);
    const result = await transaction.execute(sql`
      select distinct on (fact, id) fact, id, image from ${journal}
      where block > ${ancestor.number} order by fact, id, block`);
    const images = imagesSchema.parse(result.rows);
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
    await transaction.delete(journal).where(gt(journal.block, ancestor.number));
    await transaction.delete(knownBlock).where(gt(knownBlock.number, ancestor.number));
    const moved = { ...cursor, number: ancestor.number, hash: ancestor.hash, timestamp: ancestor.timestamp };
    await moveCursor(transaction, moved);
    return moved;
  });
}
