import { z } from 'zod';
import { ask, type Answer } from './answers.ts';
import type { MarketContext } from './market-context.ts';
import { subgraphUrlOf } from './subgraph-url.ts';

/** What both indexes count. */
export const countedEntities = ['streams', 'products', 'offers', 'licenses', 'purchases', 'karmas'] as const;
export type CountedEntity = (typeof countedEntities)[number];

/** A count; `least` where counting stopped before the end. */
export interface Count {
  readonly value: number;
  readonly least: boolean;
}
export type Counts = Readonly<Record<CountedEntity, Count>>;

export interface ComparedCount {
  readonly entity: CountedEntity;
  readonly indexer: Count;
  readonly subgraph: Count;
  /** Subgraph's less indexer's; null where one was not counted to the end and they may still be equal. */
  readonly difference: number | null;
}

/** How far a side has read, in blocks. */
export interface Height {
  readonly block: number;
  /** Behind the chain; null where the chain does not answer. */
  readonly lag: number | null;
}

/** What a check of both indexes against each other found. */
export type IndexAgreement = {
  /** When it was made, Unix milliseconds. */
  readonly checkedAt: number;
  readonly indexer: Height | null;
  readonly subgraph: Height | null;
} & (
  | { readonly state: 'equal' | 'apart' | 'unknown'; readonly block: number; readonly counts: readonly ComparedCount[] }
  /** No subgraph here, or one of both gives no answer at the moment. */
  | { readonly state: 'absent' | 'subgraph-away' | 'indexer-away' }
);

/** Milliseconds for which a check is kept, so that visitors cost the indexes nothing. */
const kept = 10_000;
/** Rows that graph-node gives at most at once, and how often it is asked for more. */
const page = 1_000;
const pages = 10;

/** Compares counts of both sides as of the same block. */
export function compareCounts(
  indexer: Counts,
  subgraph: Counts
): { state: 'equal' | 'apart' | 'unknown'; counts: ComparedCount[] } {
  const counts = countedEntities.map((entity) => {
    const [ours, theirs] = [indexer[entity], subgraph[entity]];
    const open = (theirs.least && ours.value >= theirs.value) || (ours.least && theirs.value >= ours.value);
    return { entity, indexer: ours, subgraph: theirs, difference: open ? null : theirs.value - ours.value };
  });
  const apart = counts.some(({ difference }) => difference !== null && difference !== 0);
  const unknown = counts.some(({ difference }) => difference === null);
  return { state: apart ? 'apart' : unknown ? 'unknown' : 'equal', counts };
}

const height = z.int().min(0);
const indexedSchema = z.object({
  data: z.object({ status: z.object({ indexed: z.object({ number: height }).nullable() }) })
});
const metaSchema = z.object({ data: z.object({ _meta: z.object({ block: z.object({ number: height }) }) }) });
const totalSchema = z.object({
  data: z.record(z.enum(countedEntities), z.object({ totalCount: z.int().min(0) }))
});
const rowsSchema = z.object({
  data: z.partialRecord(z.enum(countedEntities), z.array(z.object({ id: z.string() })).max(page))
});

function query<S extends z.ZodType>(name: string, url: string, schema: S, text: string): Promise<Answer<z.output<S>>> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: text })
  };
  return ask({ name, url, schema, patience: 2_000, init });
}

async function countIndexer(url: string, block: number): Promise<Counts | null> {
  const lists = countedEntities.map(
    (entity) => `${entity}(first: 1, block: { number: ${String(block)} }) { totalCount }`
  );
  const answer = await query('The index', url, totalSchema, `{ ${lists.join(' ')} }`);
  if (!answer.ok) return null;
  const { data } = answer.value;
  const count = (entity: CountedEntity): [CountedEntity, Count] => [
    entity,
    { value: data[entity].totalCount, least: false }
  ];
  return Object.fromEntries(countedEntities.map(count)) as Record<CountedEntity, Count>;
}

/** graph-node has no counts: the ids are counted, a thousand at a time. */
async function countSubgraph(url: string, block: number): Promise<Counts | null> {
  const counts = new Map<CountedEntity, Count>();
  let open = countedEntities.map((entity) => ({ entity, after: '' }));
  for (let round = 0; round < pages && open.length > 0; round++) {
    const lists = open.map(({ entity, after }) => {
      const where = after === '' ? '' : `, where: { id_gt: ${JSON.stringify(after)} }`;
      return `${entity}(first: ${String(page)}, orderBy: id, block: { number: ${String(block)} }${where}) { id }`;
    });
    const answer = await query('graph-node', url, rowsSchema, `{ ${lists.join(' ')} }`);
    if (!answer.ok) return null;
    const next: typeof open = [];
    for (const { entity } of open) {
      const rows = answer.value.data[entity];
      if (rows === undefined) return null;
      const last = rows.length < page ? undefined : rows.at(-1);
      counts.set(entity, { value: (counts.get(entity)?.value ?? 0) + rows.length, least: last !== undefined });
      if (last !== undefined) next.push({ entity, after: last.id });
    }
    open = next;
  }
  return Object.fromEntries(counts) as Record<CountedEntity, Count>;
}

async function check(market: MarketContext, head: number | null): Promise<IndexAgreement> {
  const { configuration } = market;
  const indexerUrl = `${configuration.INDEXER_URL.replace(/\/$/, '')}/graphql`;
  const subgraphUrl = subgraphUrlOf(configuration);
  const [indexed, meta] = await Promise.all([
    query('The index', indexerUrl, indexedSchema, '{ status { indexed { number } } }'),
    query('graph-node', subgraphUrl, metaSchema, '{ _meta { block { number } } }')
  ]);
  const at = (block: number | undefined): Height | null =>
    block === undefined ? null : { block, lag: head === null ? null : Math.max(0, head - block) };
  const indexer = at(indexed.ok ? indexed.value.data.status.indexed?.number : undefined);
  const subgraph = at(meta.ok ? meta.value.data._meta.block.number : undefined);
  const known = { checkedAt: Date.now(), indexer, subgraph };
  if (subgraph === null) {
    const none = !meta.ok && meta.status === 503 && configuration.SUBGRAPH_URL === undefined;
    return { ...known, state: none ? 'absent' : 'subgraph-away' };
  }
  if (indexer === null) return { ...known, state: 'indexer-away' };
  const block = Math.min(indexer.block, subgraph.block);
  const [ours, theirs] = await Promise.all([countIndexer(indexerUrl, block), countSubgraph(subgraphUrl, block)]);
  if (ours === null) return { ...known, state: 'indexer-away' };
  if (theirs === null) return { ...known, state: 'subgraph-away' };
  return { ...known, block, ...compareCounts(ours, theirs) };
}

const checks = new WeakMap<MarketContext, { readonly until: number; readonly answer: Promise<IndexAgreement> }>();

/**
 * Whether the indexer and the subgraph count the same at the same block. Asked of them once in ten seconds, however
 * many visitors there are; never throws.
 *
 * @param head The chain's newest block; null where it does not answer.
 */
export function readIndexAgreement(market: MarketContext, head: number | null): Promise<IndexAgreement> {
  const before = checks.get(market);
  if (before !== undefined && before.until > Date.now()) return before.answer;
  const answer = check(market, head);
  checks.set(market, { until: Date.now() + kept, answer });
  return answer;
}
