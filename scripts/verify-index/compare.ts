import { setTimeout as sleep } from 'node:timers/promises';
import { TributaryError } from '#sdk/protocol/problem';
import { readFacts, type Fact, type FactRow, type FactValue } from './facts.ts';
import { ChainReorganisedError } from './graphql.ts';
import { indexerReader } from './indexer-reader.ts';
import { selectLimit, type FactPage, type IndexReader, type IndexedBlock } from './reader.ts';
import { subgraphReader } from './subgraph-reader.ts';

/** A field of an entity on which the two sides do not agree. */
export interface Difference {
  /** Kind of entity, such as "License". */
  readonly fact: string;
  readonly id: string;
  /** Name of the field, or null when one side lacks the entity. */
  readonly field: string | null;
  /** What each side says; undefined where it lacks the entity. Numbers are decimal digits. */
  readonly indexer: FactValue | undefined;
  readonly subgraph: FactValue | undefined;
}

export interface Comparison {
  /** Block at which both sides were last compared. */
  readonly block: IndexedBlock;
  /** Entities compared, by kind. */
  readonly counts: Readonly<Record<string, number>>;
  /** Ids of some of them, by chance, by kind: for asking the chain itself. */
  readonly sample: Readonly<Record<string, readonly string[]>>;
  /** Empty where both sides agree. */
  readonly differences: readonly Difference[];
}

export interface CompareOptions {
  /** Base URL of the indexer. */
  readonly indexerUrl: string;
  /** GraphQL endpoint of the subgraph. */
  readonly subgraphUrl: string;
  /** Compare at this block or a later one: waits until both sides have it. By default at the indexer's head. */
  readonly block?: number;
  /** Milliseconds to wait for both sides to reach the block. */
  readonly patience?: number;
  /** Milliseconds before a difference is looked at again, growing by as much each time; by default 200. */
  readonly pause?: number;
}

/** One side did not reach the block at which to compare. */
export class IndexBehindError extends TributaryError {
  readonly code = 'index-behind';
  readonly title = 'An index is behind the other';
  override readonly status = 503;
}

/** Times that a difference is looked at again before it counts. */
const rounds = 6;
/** Entities of each kind that are sampled. */
const sampled = 25;

/**
 * Compares every fact that indexer and subgraph hold, field by field, at the same block.
 *
 * The subgraph can tell of a past block, the indexer tells of its head, and the chain moves on while pages are read. So
 * a difference counts only when it is still there after its entity alone was read again from both sides at one block.
 *
 * @throws {@link IndexUnreadableError} when a side cannot be asked; {@link IndexBehindError} when one stays behind.
 */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const patience = options.patience ?? 30_000;
  for (const end = Date.now() + patience; ;) {
    try {
      return await compareOnce(options, patience);
    } catch (error) {
      if (!(error instanceof ChainReorganisedError) || Date.now() > end) throw error;
    }
    await sleep(100);
  }
}

async function compareOnce(options: CompareOptions, patience: number): Promise<Comparison> {
  const indexer = indexerReader(options.indexerUrl);
  const subgraph = subgraphReader(options.subgraphUrl);
  const facts = readFacts();

  const start = await reach(indexer, 'The indexer', options.block ?? 0, patience);
  await meet(subgraph, start, patience);
  const counts: Record<string, number> = {};
  const sample: Record<string, readonly string[]> = {};
  let doubtful: { readonly fact: Fact; readonly ids: readonly string[] }[] = [];
  for (const fact of facts) {
    const [ours, theirs] = await Promise.all([readAll(indexer, fact, start), readAll(subgraph, fact, start)]);
    counts[fact.name] = new Set([...ours.keys(), ...theirs.keys()]).size;
    sample[fact.name] = someOf([...ours.keys()]);
    const ids = new Set(differencesOf(fact, ours, theirs).map(({ id }) => id));
    if (ids.size > 0) doubtful.push({ fact, ids: [...ids] });
  }

  let block = start;
  let differences: Difference[] = [];
  for (let round = 0; round < rounds && doubtful.length > 0; round += 1) {
    if (round > 0) await sleep((options.pause ?? 200) * round);
    differences = [];
    for (const { fact, ids } of doubtful) {
      for (let first = 0; first < ids.length; first += selectLimit) {
        const part = ids.slice(first, first + selectLimit);
        const ours = await indexer.select(fact, part, block);
        block = ours.block;
        await meet(subgraph, block, patience);
        const theirs = await subgraph.select(fact, part, block);
        differences.push(...differencesOf(fact, byId(ours.rows), byId(theirs.rows)));
      }
    }
    doubtful = facts.flatMap((fact) => {
      const ids = new Set(differences.filter((difference) => difference.fact === fact.name).map(({ id }) => id));
      return ids.size === 0 ? [] : [{ fact, ids: [...ids] }];
    });
  }
  return { block, counts, sample, differences };
}

/** Waits until a side has a block, and returns its head. */
async function reach(reader: IndexReader, name: string, number: number, patience: number): Promise<IndexedBlock> {
  for (const end = Date.now() + patience; ;) {
    const head = await reader.head();
    if (head.number >= number) return head;
    if (Date.now() > end) {
      throw new IndexBehindError(
        `${name} stands at block ${String(head.number)} and did not reach ${String(number)} within ` +
          `${String(patience / 1_000)} seconds. Look into its log.`
      );
    }
    await sleep(50);
  }
}

/** Waits until the subgraph has the block that the indexer tells of, on the same branch as far as that can be seen. */
async function meet(subgraph: IndexReader, block: IndexedBlock, patience: number): Promise<void> {
  for (const end = Date.now() + patience; ;) {
    const head = await reach(subgraph, 'The subgraph', block.number, patience);
    if (head.number > block.number || head.hash === block.hash) return;
    if (Date.now() > end) {
      throw new IndexBehindError(
        `Indexer and subgraph name different blocks at height ${String(block.number)}: ${block.hash} and ` +
          `${head.hash}. They follow different chains, or one has not noticed a reorganisation.`
      );
    }
    await sleep(50);
  }
}

async function readAll(reader: IndexReader, fact: Fact, block: IndexedBlock): Promise<Map<string, FactRow>> {
  const all = new Map<string, FactRow>();
  let after: string | null = null;
  do {
    const page: FactPage = await reader.page(fact, after, block);
    for (const [id, row] of byId(page.rows)) all.set(id, row);
    after = page.next;
  } while (after !== null);
  return all;
}

/** Some of the ids, each as likely as any other. */
function someOf(ids: string[]): string[] {
  const chosen: string[] = [];
  while (chosen.length < sampled && ids.length > 0) {
    chosen.push(...ids.splice(Math.floor(Math.random() * ids.length), 1));
  }
  return chosen;
}

function byId(rows: readonly FactRow[]): Map<string, FactRow> {
  return new Map(rows.map((row) => [String(row['id']), row]));
}

/** Where two sets of facts of one kind, each by id, differ. */
export function differencesOf(
  fact: Fact,
  indexer: ReadonlyMap<string, FactRow>,
  subgraph: ReadonlyMap<string, FactRow>
): Difference[] {
  const ids = [...new Set([...indexer.keys(), ...subgraph.keys()])].sort();
  return ids.flatMap((id): Difference[] => {
    const ours = indexer.get(id);
    const theirs = subgraph.get(id);
    if (ours === undefined || theirs === undefined) {
      return [{ fact: fact.name, id, field: null, indexer: ours?.['id'], subgraph: theirs?.['id'] }];
    }
    return fact.fields
      .filter(({ name }) => JSON.stringify(ours[name]) !== JSON.stringify(theirs[name]))
      .map(({ name }) => ({ fact: fact.name, id, field: name, indexer: ours[name], subgraph: theirs[name] }));
  });
}
