import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Hex } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchProduct, searchWord } from '../../schema.ts';
import { cellCondition } from './cells.ts';

/** Words of a product by which others are likened to it: its rarest that others have too. */
const telling = 8;
/** A word of more products than this tells nothing. */
const commonest = 2_000;

/** Products on sale like this one: those that share its tags and the rarest words of its name and labels. */
export async function similarProducts(database: Database, product: Hex, limit: number): Promise<Hex[]> {
  const listed = cellCondition(sql`found.cell`, { listed: 'true' }) ?? sql`true`;
  const result = await database.execute(sql`
    with this as materialized (select id, tags from ${searchProduct} where id = ${product}),
    telling as (${tellingOf(product)}), query as (
      select string_agg(quote_literal(lexeme), ' | ')::tsquery as query from telling
    )
    select found.id from ${searchProduct} found, this, query
    where found.lexemes @@ query.query and found.id <> this.id and ${listed}
    order by ts_rank('{0.05, 0.4, 1, 1}', found.labels, query.query)
      * (1 + 0.5 * (select count(*) from unnest(found.tags) tag where tag = any(this.tags)))
      * (1 + 0.2 * found.quality / 1000) desc, found.id
    limit ${limit}`);
  return z
    .array(z.object({ id: z.string() }))
    .parse(result.rows)
    .map(({ id }) => id as Hex);
}

/** The words by which others are likened to a product, the rarest first, and how many products have each. */
export async function tellingLexemes(
  database: Database,
  product: Hex
): Promise<readonly { readonly lexeme: string; readonly products: number }[]> {
  const { rows } = await database.execute(tellingOf(product));
  return z.array(z.object({ lexeme: z.string(), products: z.coerce.number() })).parse(rows);
}

function tellingOf(product: Hex): SQL {
  return sql`
    select lexeme, sum(known.products) as products
    from ${searchProduct}, unnest(tsvector_to_array(ts_filter(labels, '{a,b}'))) lexeme
      join ${searchWord} known on known.stem = lexeme
    where id = ${product}
    group by lexeme having sum(known.products) between 2 and ${commonest} order by products, lexeme limit ${telling}`;
}
