import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Suggestion } from '#sdk/protocol/discovery';
import type { Hex } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchProduct } from '../../schema.ts';
import { searchByWords, type WordsRead } from '../by-words.ts';
import { decodeCursor } from '../cursor.ts';
import { cellFilterOf, countsSchema, foundSchema, toResult, type Found } from '../found.ts';
import { findInTable } from '../memory/find.ts';
import type { ProductMemory } from '../memory/product-memory.ts';
import { createTermReader } from '../memory/read-terms.ts';
import type { SearchEngine, SearchQuery, SearchResult } from '../search-engine.ts';
import type { View } from '../view.ts';
import { cellCondition, cellTest } from './cells.ts';
import { inBox, nearTo } from './geography.ts';
import { createMarketSizeReader, qualityOfBest, type MarketSize } from './market-size.ts';
import { similarProducts } from './similar.ts';
import { suggest } from './suggestions.ts';
import type { Term } from './text-query.ts';

/** Values of a facet that are shown at most. */
const valuesShown = 30;
/** Weight of a match in D, C, B, A: (descriptions, which are found and not weighed), summaries, labels, names. */
const weights = "'{0, 0.35, 0.6, 1}'";
/** Part of a match's rank that the quality of a product can add. */
const qualityShare = 0.35;
/** Products, the best ones, whose matches are weighed word by word where very many match; the others follow by quality. */
const weighed = 3_000;
/** Products on which tags, regions and languages are counted where more were found: their counts are then estimates. */
const sampled = 2_000;
/** Values of `sample`. */
const samples = 64;

/** Facets with several values per product: their columns. */
const lists = { tag: 'tags', region: 'regions', language: 'languages' } as const;
type ListFacet = keyof typeof lists;
const listFacets = Object.keys(lists) as ListFacet[];

/**
 * Full-text search of Postgres, over the rows that are written with the facts.
 *
 * @param memory The same products in memory, by which they are found faster; without it, or while it is not ready, by rows.
 */
export function createPostgresEngine(memory?: ProductMemory): SearchEngine {
  const sizeOf = createMarketSizeReader();
  const readTerms = createTermReader();

  /** By the products in memory; null where the rows have to be asked. */
  async function inMemory(view: View, query: SearchQuery, text: WordsRead | null): Promise<Found | null> {
    if (memory === undefined || query.seller !== undefined || query.stream !== undefined) return null;
    const terms = text === null ? null : await readTerms(view.database, text.terms);
    const required = text === null ? [] : await readTerms(view.database, text.required);
    const table = await memory.current();
    if (table === null) return null;
    return findInTable(table, query, terms, required);
  }

  async function search(view: View, query: SearchQuery): Promise<SearchResult> {
    const exact = exactly(query.q);
    if (exact !== null) return toResult(query, await browse(view.database, query, exact));
    if (query.q === '') {
      return toResult(query, (await inMemory(view, query, null)) ?? (await browse(view.database, query, null)));
    }
    const size = await sizeOf(view.database);
    return searchByWords(view, query, size, async (read) => {
      const found =
        (await inMemory(view, query, read)) ??
        (await searchText(view.database, query, read.terms, read.required, size));
      return found.counts === null ? null : toResult(query, found);
    });
  }

  return {
    name: 'postgres',
    search,
    suggest: async (view: View, typed: string, limit: number): Promise<Suggestion[]> =>
      suggest(view.database, typed, limit, (await sizeOf(view.database)).products),
    similar: (view: View, product: Hex, limit: number): Promise<Hex[]> => similarProducts(view.database, product, limit)
  };
}

/** Condition for a query that is an address or an id; null for one that is words. */
function exactly(q: string): SQL | null {
  const value = q.toLowerCase();
  if (/^0x[0-9a-f]{40}$/.test(value)) return sql`(seller = ${value} or streams @> array[${value}])`;
  if (/^0x[0-9a-f]{64}$/.test(value)) return sql`(id = ${value} or offer = ${value})`;
  return null;
}

/** What narrows a search and is no facet. */
function conditionsOf(query: SearchQuery): SQL[] {
  const { seller, stream, minPrice, maxPrice, near, within, bbox } = query;
  return [
    ...(seller === undefined ? [] : [sql`seller = ${seller}`]),
    ...(stream === undefined ? [] : [sql`streams @> array[${stream}]`]),
    ...(minPrice === undefined ? [] : [sql`price >= ${minPrice}::numeric`]),
    ...(maxPrice === undefined ? [] : [sql`price <= ${maxPrice}::numeric`]),
    ...(near === undefined ? [] : [nearTo(sql`id`, near, within)]),
    ...(bbox === undefined ? [] : [inBox(sql`id`, bbox)])
  ];
}

/** Facets of several values, as they have to be: which bit says that a product misses one, and the condition. */
function listFiltersOf(query: SearchQuery): { facet: ListFacet; bit: number; condition: SQL }[] {
  return listFacets.flatMap((facet, place) => {
    const value = query[facet];
    if (value === undefined) return [];
    return [{ facet, bit: 1 << place, condition: sql`${sql.raw(lists[facet])} @> array[${value}]::text[]` }];
  });
}

interface SortKey {
  readonly column: SQL;
  readonly type: 'bigint' | 'numeric';
}

/** By what a list is sorted, all descending; its id comes last. */
function sortKeys(query: SearchQuery, ranked: boolean): SortKey[] {
  const key = (column: string, type: SortKey['type'] = 'bigint') => ({ column: sql.raw(column), type });
  switch (query.sort) {
    case 'newest':
      return [key('created')];
    case 'cheapest':
      return [key('(-price)', 'numeric'), key('purchases')];
    case 'popular':
      return [key('purchases'), key('created')];
    case 'karma':
      return [key('karma', 'numeric'), key('purchases')];
    case 'busiest':
      return [key('busy'), key('purchases')];
    case 'relevance':
      return ranked ? [key('rank'), key('created')] : [key('quality'), key('purchases'), key('created')];
  }
}

/** One page of rows. */
function pageOf(query: SearchQuery, from: SQL, where: readonly SQL[], ranked: boolean): SQL {
  const keys = sortKeys(query, ranked);
  const after = query.cursor === undefined ? null : decodeCursor(query.cursor, keys.length);
  const order = sql.join([...keys.map(({ column }) => sql`${column} desc`), sql`id desc`], sql`, `);
  const columns = sql.join([...keys.map(({ column }) => column), sql`id`], sql`, `);
  const place =
    after === null
      ? []
      : [
          sql`(${columns}) < (${sql.join(
            [
              ...after.keys.map((value, index) => sql`${value}::${sql.raw(keys[index]?.type ?? 'bigint')}`),
              sql`${after.id}`
            ],
            sql`, `
          )})`
        ];
  const texts = sql.join(
    keys.map(({ column }) => sql`${column}::text`),
    sql`, `
  );
  return sql`select id, array[${texts}] as keys from ${from} where ${all([...where, ...place])} order by ${order} limit ${query.limit + 1}`;
}

function all(conditions: readonly SQL[]): SQL {
  return conditions.length === 0 ? sql`true` : sql.join([...conditions], sql` and `);
}

/** Values of a facet of several values, and products of each; each one counted stands for so many. */
function valuesOf(facet: ListFacet, from: SQL, where: readonly SQL[], each: SQL): SQL {
  return sql`(select json_agg(json_build_array(value, count)) from (
    select value, round(count(*) * ${each})::int as count from ${from}, unnest(${sql.raw(lists[facet])}) as value where ${all(where)}
    group by value order by count(*) desc, value limit ${valuesShown}) as facet)`;
}

async function searchText(
  database: Database,
  query: SearchQuery,
  terms: readonly Term[],
  required: readonly Term[],
  size: MarketSize
): Promise<Found> {
  const ranked = query.sort === 'relevance';
  const filters = listFiltersOf(query);
  const cells = cellCondition(sql`cell`, cellFilterOf(query));
  const miss = filters.map(({ bit, condition }) => sql`case when ${condition} then 0 else ${bit} end`);
  const asked = required.map(({ found }) => found).join(' & ');
  const sum = terms.reduce((added, { weight }) => added + weight, 0);
  const rank = terms.map(
    ({
      exact,
      wide,
      weight
    }) => sql`${weight / sum}::float4 * (ts_rank(${sql.raw(weights)}, labels, to_tsquery('indexer.words', ${exact}))
      + ${exact === wide ? sql`0` : sql`0.4 * ts_rank(${sql.raw(weights)}, labels, to_tsquery('indexer.words', ${wide}))`})`
  );
  const expected = Math.min(...required.map(({ products }) => products));
  const score = sql`case when quality >= ${qualityOfBest(size, weighed, expected)}
    then (1e6 * (1 + ${qualityShare}::float4 * quality / 1000) * (0.02 + ${sql.join(rank, sql` + `)}))::bigint
    else quality end`;
  const kept = [...(cells === null ? [] : [cells]), ...(miss.length === 0 ? [] : [sql`miss = 0`])];
  const facetOf = (facet: ListFacet) => {
    const bit = filters.find((filter) => filter.facet === facet)?.bit ?? 0;
    const others = miss.length === 0 ? [] : [sql`(miss & ${~bit}) = 0`];
    return valuesOf(
      facet,
      sql`matched, share`,
      [...(cells === null ? [] : [cells]), ...others, sql`sample < parts`],
      sql`${samples} / max(parts)`
    );
  };
  const result = await database.execute(sql`
    with matched as materialized (
      select id, cell, quality, price, purchases, created, karma, busy, tags, regions, languages, sample,
        ${miss.length === 0 ? sql`0` : sql.join(miss, sql` + `)} as miss, ${ranked ? score : sql`0::bigint`} as rank
      from ${searchProduct}
      where ${all([sql`lexemes @@ to_tsquery('indexer.words', ${asked})`, ...conditionsOf(query)])}
    ), share as materialized (
      -- of 64 parts of what was found, as many as are counted
      select ceil(${samples} * least(1, ${sampled}::float8 / greatest(1, count(*))))::int as parts from matched
    ), page as (${pageOf(query, sql`matched`, kept, ranked)})
    select (select json_agg(json_build_array(cell, miss, count)) from (
        select cell, miss, count(*) as count from matched group by cell, miss) as counted) as counts,
      (select json_agg(json_build_object('id', id, 'keys', keys)) from page) as page,
      ${facetOf('tag')} as tag, ${facetOf('region')} as region, ${facetOf('language')} as language`);
  return foundSchema.parse(result.rows[0]);
}

/** Products without words: the counts say which cells are wanted, and these are then looked up by index. */
async function browse(database: Database, query: SearchQuery, exact: SQL | null): Promise<Found> {
  const filters = listFiltersOf(query);
  const filter = cellFilterOf(query);
  const hard = [...conditionsOf(query), ...(exact === null ? [] : [exact])];
  const miss = filters.map(({ bit, condition }) => sql`case when ${condition} then 0 else ${bit} end`);
  const [only] = filters;
  // of one list, an index knows who is in it: only the narrow index of cells is read for the others
  const countedOf =
    only !== undefined && filters.length === 1
      ? sql`select all_of.cell, miss, case miss when 0 then met.count else all_of.count - coalesce(met.count, 0) end as count
          from (select cell, count(*) as count from ${searchProduct} where ${all(hard)} group by 1) as all_of
          left join (select cell, count(*) as count from ${searchProduct} where ${all([...hard, only.condition])} group by 1)
            as met on met.cell = all_of.cell, unnest(array[0, ${only.bit}::int]) as miss
          where case miss when 0 then met.count else all_of.count - coalesce(met.count, 0) end > 0`
      : sql`select cell, ${miss.length === 0 ? sql`0` : sql.join(miss, sql` + `)} as miss, count(*) as count
          from ${searchProduct} where ${all(hard)} group by 1, 2`;
  const counted = await database.execute(sql`
    select json_agg(json_build_array(cell, miss, count)) as counts from (${countedOf}) as counted`);
  const { counts } = z.object({ counts: countsSchema.nullable() }).parse(counted.rows[0]);
  const meets = cellTest(filter);
  const wanted = (counts ?? []).filter(([cell]) => meets(cell));
  const cells = [...new Set(wanted.map(([cell]) => cell))];
  const kept = [
    ...hard,
    ...(cells.length === (counts ?? []).length ? [] : [sql`cell = any(${`{${cells.join(',')}}`}::int[])`])
  ];
  const facetOf = (facet: ListFacet) => {
    const others = filters.filter((other) => other.facet !== facet);
    const bits = others.reduce((sum, { bit }) => sum + bit, 0);
    const found = wanted.reduce((sum, [, missed, count]) => sum + ((missed & bits) === 0 ? count : 0), 0);
    const parts = Math.ceil(samples * Math.min(1, sampled / Math.max(1, found)));
    const some = parts === samples ? [] : [sql`sample < ${parts}`];
    return valuesOf(
      facet,
      sql`${searchProduct}`,
      [...kept, ...others.map(({ condition }) => condition), ...some],
      sql`${samples / parts}::float8`
    );
  };
  const result = await database.execute(sql`
    select (select json_agg(json_build_object('id', id, 'keys', keys))
        from (${pageOf(query, sql`${searchProduct}`, [...kept, ...filters.map(({ condition }) => condition)], false)}) as page) as page,
      ${facetOf('tag')} as tag, ${facetOf('region')} as region, ${facetOf('language')} as language`);
  return foundSchema.parse({ ...result.rows[0], counts });
}
