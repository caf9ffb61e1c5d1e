import { and, arrayContains, eq, inArray, or, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { ProductPage, ProductQuery, Product } from '#sdk/protocol/discovery';
import { productQuerySchema } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { document, license, offer, product } from '../schema.ts';
import { toAttestation, validAttestations } from './attestations.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { sellerPoints } from './karma.ts';
import { toOffer, toProduct } from './records.ts';
import { textQuery, wordsOf } from './text-query.ts';
import type { View } from './view.ts';

type Query = z.output<typeof productQuerySchema>;

const countSchema = z.coerce.number().int();
const searchSchema = z.object({
  page: z.array(z.object({ id: z.string(), keys: z.array(z.string()) })).nullable(),
  total: countSchema,
  category: z.array(z.object({ value: z.string(), count: countSchema })).nullable(),
  free: z.array(z.object({ value: z.string(), count: countSchema })).nullable()
});

/** What a search found: ids of one page, and counts of all. */
export interface ProductHits extends Pick<ProductPage, 'total' | 'facets'> {
  readonly hits: readonly { readonly id: Hex; readonly cursor: string }[];
  readonly hasMore: boolean;
}

/**
 * Finds products by text and filters. Facets count what would be found without the facet's own filter.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function searchProducts(view: View, input: ProductQuery): Promise<ProductHits> {
  const query = productQuerySchema.parse(input);
  const text = textOf(query);
  const [first, second, third] = sortKeys(query);
  const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, 3);
  const category = query.category === undefined ? sql`true` : sql`category = ${query.category}`;
  const free = query.free === undefined ? sql`true` : sql`free = ${query.free}`;
  const place =
    after === undefined
      ? sql`true`
      : sql`(key1, key2, key3, id) < (${sql.join(
          [...after.keys.map((key) => sql`${key}::numeric`), sql`${after.id}`],
          sql`, `
        )})`;
  const result = await view.database.execute(sql`
    with matched as materialized (
      select ${product.id} as id, ${document.category} as category,
        case when ${product.pricePerSecond} = 0 then 'true' else 'false' end as free,
        (${text.rank})::numeric as rank, ${product.purchases}::numeric as purchases,
        ${product.createdAtBlock}::numeric as created, ${product.pricePerSecond} as price
      from ${product} left join ${document} on ${document.hash} = ${product.documentHash}
      where ${filterOf(query)} and ${text.matches}
    ), keyed as (
      select id, ${first} as key1, ${second} as key2, ${third} as key3 from matched where ${category} and ${free}
    ), page as (
      select id, array[key1::text, key2::text, key3::text] as keys from keyed where ${place}
      order by key1 desc, key2 desc, key3 desc, id desc limit ${query.limit + 1}
    )
    select (select json_agg(json_build_object('id', id, 'keys', keys)) from page) as page,
      (select count(*) from keyed) as total,
      (select json_agg(facet) from (
        select category as value, count(*) as count from matched where category is not null and ${free}
        group by category order by count(*) desc, category) facet) as category,
      (select json_agg(facet) from (
        select free as value, count(*) as count from matched where ${category} group by free order by free) facet) as free
  `);
  const found = searchSchema.parse(result.rows[0]);
  const rows = found.page ?? [];
  return {
    hits: rows.slice(0, query.limit).map((place) => ({ id: place.id as Hex, cursor: encodeCursor(place) })),
    hasMore: rows.length > query.limit,
    total: found.total,
    facets: { category: found.category ?? [], free: found.free ?? [] }
  };
}

/**
 * The same search, with the products themselves.
 *
 * @throws {@link CursorInvalidError} for a cursor of another list.
 */
export async function findProducts(view: View, input: ProductQuery): Promise<ProductPage> {
  const { hits, hasMore, total, facets } = await searchProducts(view, input);
  const items = await productsById(
    view,
    hits.map(({ id }) => id)
  );
  return { items, total, nextCursor: hasMore ? (hits.at(-1)?.cursor ?? null) : null, facets };
}

/** Products in the order of the ids; unknown ids are left out. */
export async function productsById(view: View, ids: readonly Hex[]): Promise<Product[]> {
  if (ids.length === 0) return [];
  const rows = await view.database
    .select({
      product,
      offer,
      state: document.state,
      content: document.content,
      licensees: sql<number>`(select count(*)::int from ${license}
        where ${license.product} = ${product.id} and ${license.until} > ${view.now()})`
    })
    .from(product)
    .innerJoin(offer, eq(offer.id, product.currentOffer))
    .leftJoin(document, eq(document.hash, product.documentHash))
    .where(inArray(product.id, [...ids]));
  const byId = new Map(rows.map((row) => [row.product.id, row]));
  const sellers = rows.map((row) => row.product.seller);
  const [points, attested] = await Promise.all([sellerPoints(view, sellers), validAttestations(view, sellers)]);
  return ids.flatMap((id) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const { seller } = row.product;
    const reputation = {
      karma: points.get(seller) ?? '0',
      attestations: (attested.get(seller) ?? []).map((found) => toAttestation(view, found))
    };
    return [toProduct(row.product, toOffer(row.offer), row.state, row.content, row.licensees, reputation)];
  });
}

/** Everything that narrows the search except text and the two facets. */
function filterOf(query: Query): SQL {
  return (
    and(
      query.retired === 'true' ? undefined : eq(product.listed, true),
      query.seller === undefined ? undefined : eq(product.seller, query.seller),
      query.stream === undefined ? undefined : arrayContains(product.streams, [query.stream]),
      query.tag === undefined ? undefined : sql`${document.tags} @> array[${query.tag}]::text[]`
    ) ?? sql`true`
  );
}

function textOf(query: Query): { matches: SQL; rank: SQL } {
  if (/^0x[0-9a-f]{40}$/i.test(query.q)) {
    const address = query.q.toLowerCase() as Address;
    return {
      matches: or(eq(product.seller, address), arrayContains(product.streams, [address])) ?? sql`true`,
      rank: sql`0`
    };
  }
  if (/^0x[0-9a-f]{64}$/i.test(query.q)) {
    const id = query.q.toLowerCase() as Hex;
    return { matches: or(eq(product.id, id), eq(product.currentOffer, id)) ?? sql`true`, rank: sql`0` };
  }
  const words = wordsOf(query.q);
  if (words.length === 0) return { matches: query.q === '' ? sql`true` : sql`false`, rank: sql`0` };
  return textQuery(words);
}

/** Columns of the search by which it is sorted, all descending. */
function sortKeys(query: Query): [SQL, SQL, SQL] {
  switch (query.sort) {
    case 'newest':
      return [sql`created`, sql`0::numeric`, sql`0::numeric`];
    case 'cheapest':
      return [sql`-price`, sql`purchases`, sql`created`];
    case 'popular':
      return [sql`purchases`, sql`created`, sql`0::numeric`];
    case 'relevance':
      return [sql`rank`, sql`purchases`, sql`created`];
  }
}
