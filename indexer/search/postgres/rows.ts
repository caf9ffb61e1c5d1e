import { inArray, sql, type SQL } from 'drizzle-orm';
import type { Deployment } from '#sdk/protocol/deployment';
import { priceBands, updateRates } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import {
  attestation,
  document,
  karma,
  offer,
  product,
  searchChange,
  searchPlace,
  searchProduct,
  searchRemoved,
  streamActivity,
  trustedAttester
} from '../../schema.ts';
import { leastPatience, patienceFactor, usualPatience } from '../patience.ts';
import { cellOf } from './cells.ts';

/** Attestations that show who a seller is. */
const identities = ['domain', 'organisation', 'ensName'] as const;

/** What changed, so that rows have to be written anew. */
export interface ChangedForSearch {
  readonly products?: readonly Hex[];
  readonly sellers?: readonly Address[];
  readonly documents?: readonly Hex[];
  readonly streams?: readonly Address[];
}

export interface SearchRowOptions {
  /** Null while they are not known: then nobody counts as verified. */
  readonly schemas: Deployment['schemas'] | null;
  /** Unix seconds. */
  readonly now: number;
}

/** Any number: whoever writes rows of search waits for whoever else does, and then sees what that one saw. */
const rowsLock = 7_236_502;
/** Whoever writes rows holds the lock until they are visible, so that no smaller number becomes visible later. */
const nextChange = sql.raw(`nextval('indexer.${String(searchChange.seqName)}')`);
/** Rows per statement. */
const rowsAtOnce = 2_000;

/**
 * Writes the rows of search anew for what changed; inside a transaction, they are seen with it or not at all. Rows that
 * would not differ are left alone.
 *
 * @returns products whose rows were looked at.
 */
export async function refreshSearchRows(
  transaction: Database,
  changed: ChangedForSearch,
  options: SearchRowOptions
): Promise<number> {
  const { products = [], sellers = [], documents = [], streams = [] } = changed;
  if (products.length + sellers.length + documents.length + streams.length === 0) return 0;
  // a statement of its own: the next one then sees what was committed while this one waited
  await transaction.execute(sql`select pg_advisory_xact_lock(${rowsLock})`);
  const ids = await productsOf(transaction, changed);
  for (let start = 0; start < ids.length; start += rowsAtOnce) {
    await writeRows(transaction, ids.slice(start, start + rowsAtOnce), options);
  }
  return ids.length;
}

/** Products that have no row yet, such as those of a version without search rows, get theirs. */
export async function fillSearchRows(database: Database, options: () => SearchRowOptions): Promise<number> {
  let filled = 0;
  for (;;) {
    const missing = await database
      .select({ id: product.id })
      .from(product)
      .where(sql`not exists (select from ${searchProduct} row where row.id = ${product.id})`)
      .limit(rowsAtOnce);
    if (missing.length === 0) return filled;
    const products = missing.map(({ id }) => id);
    filled += await database.transaction((transaction) => refreshSearchRows(transaction, { products }, options()));
  }
}

async function productsOf(database: Database, changed: ChangedForSearch): Promise<Hex[]> {
  const { products = [], sellers = [], documents = [], streams = [] } = changed;
  const found = new Set<Hex>(products);
  const add = async (condition: SQL) => {
    for (const { id } of await database.select({ id: product.id }).from(product).where(condition)) found.add(id);
  };
  if (sellers.length > 0) await add(inArray(product.seller, [...new Set(sellers)]));
  if (documents.length > 0) await add(inArray(product.documentHash, [...new Set(documents)]));
  if (streams.length > 0) await add(sql`${product.streams} && ${arrayOf(streams)}`);
  return [...found];
}

/** One parameter however many values. */
function arrayOf(values: readonly string[]): SQL {
  return sql`array(select json_array_elements_text(${JSON.stringify(values)}::json))`;
}

async function writeRows(database: Database, ids: readonly Hex[], { schemas, now }: SearchRowOptions): Promise<void> {
  const wanted = arrayOf(ids);
  const schemaIds = identities.flatMap((name) => schemas?.[name] ?? []);
  const hourly = sql`p.price_per_second * 3600`;
  const thresholds = ['10000000000000000', '100000000000000000', '1000000000000000000', '10000000000000000000'];
  const price = sql`case when p.price_per_second = 0 then ${priceBands[0]}::text ${sql.join(
    thresholds.map((wei, place) => sql`when ${hourly} < ${sql.raw(wei)} then ${priceBands[place + 1]}::text`),
    sql` `
  )} else ${priceBands.at(-1)}::text end`;
  const interval = sql`coalesce(d.cadence, case when a.events > 0 then 86400.0 / a.events end)`;
  const rate = sql`case ${sql.join(
    [1, 60, 3_600, 86_400].map(
      (most, place) => sql`when ${interval} <= ${sql.raw(String(most))} then ${updateRates[place]}::text`
    ),
    sql` `
  )} when ${interval} is not null then ${updateRates.at(-1)}::text end`;
  const patience = sql`case when d.cadence is null then ${usualPatience} else greatest(${leastPatience}, ${patienceFactor} * d.cadence) end`;
  const live = sql`coalesce(a.last_event_at >= (${now}::bigint - ${patience}) * 1000, false)`;
  const truth = (condition: SQL) => sql`case when ${condition} then 'true' end`;
  const cell = cellOf({
    listed: truth(sql`p.listed`),
    category: sql`d.category`,
    free: truth(sql`p.price_per_second = 0`),
    price,
    settlement: sql`replace(lower(o.settlement), '_', '-')`,
    verified: truth(sql`v.verified`),
    live: truth(live),
    rate
  });
  // logarithms: a hundred times the karma is a step, not a hundred times the rank
  const standing = sql`ln(1 + coalesce(k.units, 0) / 1e18) / (ln(1 + coalesce(k.units, 0) / 1e18) + 6)`;
  const demand = sql`ln(1 + p.purchases) / (ln(1 + p.purchases) + 3)`;
  const liveness = sql`case when ${live} then 1.0 when a.checked then 0.0 else 0.5 end`;
  const columns = sql.raw(
    'id, seller, offer, streams, cell, price, purchases, created, karma, busy, quality, tags, regions, languages, name, lexemes, labels, sample, content, changed'
  );
  await database.execute(sql`
    insert into ${searchProduct} as known (${columns})
    select p.id, p.seller, p.current_offer, p.streams, ${cell}, p.price_per_second, p.purchases, p.created_at_block,
      coalesce(k.units, 0),
      -- a number that hardly changed is left as it was, so that a row is not written every minute
      case when old.busy is not null and abs(old.busy - a.events) * 20 <= old.busy then old.busy else a.events end,
      round(1000 * (0.4 * ${standing} + 0.3 * ${liveness} + 0.3 * ${demand}))::smallint,
      coalesce(d.tags, '{}'), coalesce(d.regions, '{}'), coalesce(d.languages, '{}'), d.content ->> 'name', d.lexemes,
      ts_filter(d.lexemes, '{a,b,c}'), hashtext(p.id) & 63, d.hash || ' ' || d.derived,
      coalesce(old.changed, ${nextChange})
    from ${product} p
    join ${offer} o on o.id = p.current_offer
    left join ${document} d on d.hash = p.document_hash and d.state = 'ready'
    left join ${searchProduct} old on old.id = p.id
    left join lateral (
      select sum(units) as units from ${karma} where account = p.seller and role = 'SELLER') k on true
    left join lateral (
      select true as verified from ${attestation} where recipient = p.seller and schema = any(${arrayOf(schemaIds)})
        and attester in (select account from ${trustedAttester})
        and revoked_at is null and (expiration_time = 0 or expiration_time > ${now}) limit 1) v on true
    left join lateral (
      select coalesce(sum(events_24h), 0)::bigint as events, max(last_event_at) as last_event_at,
        bool_or(checked_at is not null) as checked
      from ${streamActivity} where stream = any(p.streams)) a on true
    where p.id = any(${wanted})
    on conflict (id) do update set (${columns}) = row (${sql.raw(
      'excluded.id, excluded.seller, excluded.offer, excluded.streams, excluded.cell, excluded.price, excluded.purchases, excluded.created, excluded.karma, excluded.busy, excluded.quality, excluded.tags, excluded.regions, excluded.languages, excluded.name, excluded.lexemes, excluded.labels, excluded.sample, excluded.content'
    )}, ${nextChange}) where known is distinct from excluded`);
  await database.execute(sql`
    with gone as (
      delete from ${searchProduct} where id = any(${wanted}) and not exists (
        select from ${product} p where p.id = search_product.id)
      returning id)
    insert into ${searchRemoved} (id, changed) select id, ${nextChange} from gone
    on conflict (id) do update set changed = excluded.changed`);
  await database.execute(sql`delete from ${searchPlace} where product = any(${wanted})`);
  await database.execute(sql`
    insert into ${searchPlace} (product, area)
    select p.id, area::box from ${product} p
    join ${document} d on d.hash = p.document_hash and d.state = 'ready', unnest(d.areas) area
    where p.id = any(${wanted})`);
  await database.execute(sql`
    insert into ${streamActivity} (stream, next_check, events, recent, minute, per_minute, events_24h, observed_24h,
      served_24h, longest_gap_24h, events_30d, observed_30d, served_30d)
    select distinct stream, 0, 0, '{}'::int[], 0, 0, 0, 0, '{0,0,0,0}'::int[], 0, 0, 0, '{0,0,0,0}'::int[] from ${product} p, unnest(p.streams) stream
    where p.id = any(${wanted}) and p.listed on conflict (stream) do nothing`);
}
