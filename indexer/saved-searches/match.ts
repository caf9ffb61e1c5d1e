import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { addressSchema, bytes32Schema, weiSchema, type Hex } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import { document } from '../schema.ts';
import { offer } from '../schema/offers.ts';
import { searchProduct } from '../schema/search.ts';
import { findInTable } from '../search/memory/find.ts';
import { createProductTable, type ProductRow, type ProductTable } from '../search/memory/product-table.ts';
import { readRows } from '../search/memory/read-rows.ts';
import { createTermReader } from '../search/memory/read-terms.ts';
import { isId, queryOf, strictTerms } from './conditions.ts';

const detailSchema = z.object({
  id: bytes32Schema,
  seller: addressSchema,
  offer: bytes32Schema,
  streams: z.array(addressSchema),
  created: z.coerce.number(),
  price: weiSchema,
  name: z.string().nullable()
});
/** What is told of a product that matches; `created` is the block in which it was listed. */
export type ChangedProduct = z.infer<typeof detailSchema>;

/** Products that changed, and which of them meet a search: the search is run on them alone. */
export interface ChangedProducts {
  readonly products: ReadonlyMap<Hex, ChangedProduct>;
  /** @param understood Conditions with words as they were understood. */
  meeting(understood: string): Promise<ChangedProduct[]>;
}

/** Reads products of search for comparing saved searches with them. Remembers what words mean. */
export function createProductReader(): (database: Database, ids: readonly Hex[]) => Promise<ChangedProducts> {
  const readTerms = createTermReader();
  return async (database, ids) => {
    const wanted = sql`array(select json_array_elements_text(${JSON.stringify(ids)}::json))`;
    const rows = await readRows(database, sql`id = any(${wanted})`, sql``);
    const { rows: found } = await database.execute(sql`
      select ${searchProduct.id} as id, ${searchProduct.seller} as seller, ${searchProduct.offer} as offer,
        ${searchProduct.streams} as streams, ${searchProduct.created} as created, ${offer.pricePerSecond} as price,
        ${document.content} ->> 'name' as name
      from ${searchProduct} join ${offer} on ${offer.id} = ${searchProduct.offer}
      left join ${document} on ${document.hash} = ${offer.documentHash}
      where ${searchProduct.id} = any(${wanted})`);
    const products = new Map(
      z
        .array(detailSchema)
        .parse(found)
        .map((product) => [product.id, product])
    );
    const whole = tableOf(rows);
    return {
      products,
      async meeting(understood) {
        const { q, seller, stream } = queryOf(understood, 1);
        const fits = ({ id, seller: by, offer: on, streams }: ChangedProduct) =>
          (seller === undefined || by === seller) &&
          (stream === undefined || streams.includes(stream)) &&
          (!isId(q) || [id, by, on, ...streams].includes(q.toLowerCase() as Hex));
        const table = isNarrowed(understood)
          ? tableOf(rows.filter(({ id }) => fits(products.get(id) ?? nobody)))
          : whole;
        const found = await findStrictly(database, readTerms, table, understood, Math.max(1, rows.length));
        return found.flatMap((id) => products.get(id) ?? []);
      }
    };
  };
}

/** Whether a search names a seller, a stream or an id, which products in memory do not know. */
export function isNarrowed(understood: string): boolean {
  const { q, seller, stream } = queryOf(understood, 1);
  return seller !== undefined || stream !== undefined || isId(q);
}

/** Products of a table that meet a search, but for what {@link isNarrowed} tells. @param most How many at most. */
export async function findStrictly(
  database: Database,
  readTerms: ReturnType<typeof createTermReader>,
  table: ProductTable,
  understood: string,
  most: number
): Promise<Hex[]> {
  const query = queryOf(understood, most);
  const words = isId(query.q) ? '' : query.q;
  const terms = await readTerms(database, strictTerms(words, understood));
  // words like "the" mean nothing to Postgres
  const required = terms.filter(({ found }) => found.kind === 'lexeme' || found.parts.length > 0);
  if (terms.length > 0 && required.length === 0) return [];
  const { page } = findInTable(table, { ...query, q: words }, required.length === 0 ? null : required, required);
  return (page ?? []).slice(0, most).map(({ id }) => id as Hex);
}

const nobody: ChangedProduct = {
  ...{ id: '0x', seller: '0x', offer: '0x', streams: [], created: 0, price: '0', name: null }
};

function tableOf(rows: readonly ProductRow[]) {
  const table = createProductTable();
  for (const row of rows) table.put(row);
  return table;
}
