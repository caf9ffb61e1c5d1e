import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { BoundingBox } from '#sdk/protocol/geography';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchPlace, searchProduct, searchRemoved } from '../../schema.ts';
import type { ProductRow } from './product-table.ts';

/** Where the rows of search stand: the file of their table, which is another one after it was emptied or exchanged. */
export interface Standing {
  readonly file: string;
  readonly position: number;
}

const standingSchema = z.object({ file: z.string(), position: z.coerce.number() });
export const boxSchema = z
  .string()
  .transform((text) => text.replace(/[()]/g, '').split(',').map(Number))
  // Postgres writes the greater corner first
  .transform(([east = 0, north = 0, west = 0, south = 0]): BoundingBox => [west, south, east, north]);
const rowSchema = z.object({
  id: bytes32Schema,
  cell: z.number(),
  price: z.string(),
  karma: z.string(),
  purchases: z.number(),
  created: z.coerce.number(),
  busy: z.coerce.number(),
  quality: z.number(),
  tag: z.array(z.string()),
  region: z.array(z.string()),
  language: z.array(z.string()),
  areas: z.array(boxSchema),
  content: z.string().nullable(),
  lexemes: z.string(),
  labels: z.string()
});

/** The rows of search as they stand now. */
export async function standingOf(database: Database): Promise<Standing> {
  const { rows } = await database.execute(sql`
    select pg_relation_filenode(${'indexer.search_product'}::regclass)::text as file, greatest(
      (select max(changed) from ${searchProduct}), (select max(changed) from ${searchRemoved}), 0)::text as position`);
  return standingSchema.parse(rows[0]);
}

/**
 * Rows of search as they are kept in memory.
 *
 * @param rest Order and limit, if any.
 */
export async function readRows(database: Database, where: SQL, rest: SQL): Promise<ProductRow[]> {
  const { rows } = await database.execute(sql`
    select id, cell, price::text, karma::text, purchases, created, busy, quality, tags as tag, regions as region,
      languages as language, content, coalesce(array_to_string(tsvector_to_array(lexemes), ' '), '') as lexemes,
      coalesce(labels::text, '') as labels,
      array(select area::text from ${searchPlace} place where place.product = search_product.id) as areas
    from ${searchProduct} where ${where} ${rest}`);
  return z.array(rowSchema).parse(rows);
}
