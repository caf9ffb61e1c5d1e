import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { bytes32Schema } from '#sdk/protocol/primitives';
import type { Database } from '../../database.ts';
import { searchProduct, searchRemoved } from '../../schema.ts';
import { standingOf, type Standing } from '../memory/read-rows.ts';
import type { MeilisearchClient } from './client.ts';
import { readDocuments } from './documents.ts';
import type { WantedSettings } from './settings.ts';

/** How Meilisearch comes to hold what the rows of search hold. */

/** Products that are sent at once. */
const documentsAtOnce = 1_000;
/** Batches that are sent before the first of them has to be taken in: several cost hardly more than one. */
const batchesAhead = 16;
/** Changes that a new writer sends again: the one before it may have written late. */
const repeated = 2_000;
/** The document in which it is written down what the index of products holds. */
const standingId = 'products';

/** Names of the indexes of a market. */
export interface MeilisearchIndexes {
  readonly products: string;
  /** Where the index is made anew, before the two are exchanged. */
  readonly next: string;
  /** What the index of products holds: it is kept beside it, so that it is lost or restored with it. */
  readonly standing: string;
}

/** @param name How they begin. */
export function indexesOf(name: string): MeilisearchIndexes {
  return { products: `${name}_products`, next: `${name}_products_next`, standing: `${name}_standing` };
}

const indexStandingSchema = z.object({
  /** The tables that it was filled from. */
  source: z.string(),
  /** The last change of a row that it holds, and those before. */
  position: z.int(),
  /** Settings and documents: see `readSettings`. */
  version: z.string()
});
export type IndexStanding = z.output<typeof indexStandingSchema>;

/** What the index of products holds; null where there is none. */
export function readIndexStanding(
  client: Pick<MeilisearchClient, 'document'>,
  indexes: MeilisearchIndexes
): Promise<IndexStanding | null> {
  return client.document(indexes.standing, standingId, indexStandingSchema);
}

/** The rows of search as they stand; `source` is another one when they are others, in another database as well. */
export async function readSource(database: Database): Promise<Standing & { readonly source: string }> {
  const standing = await standingOf(database);
  const { rows } = await database.execute(sql`
    select (select system_identifier::text from pg_control_system()) || '-' || oid::text as database
    from pg_database where datname = current_database()`);
  const [row] = z.tuple([z.object({ database: z.string() })]).parse(rows);
  return { ...standing, source: `${row.database}-${standing.file}` };
}

export interface FeedOptions {
  readonly database: Database;
  readonly client: MeilisearchClient;
  readonly indexes: MeilisearchIndexes;
  /** See createSettingsReader. */
  readSettings(): Promise<WantedSettings>;
  /** Told of a rebuild: its beginning, and its end with how many products there are. */
  onRebuild(rebuilt: { readonly products: number; readonly milliseconds: number } | null): void;
}

const changeSchema = z.object({ id: bytes32Schema, changed: z.coerce.number() });

/** Fills the index; one process at a time. Whoever begins, or begins again after a failure, makes another one. */
export interface MeilisearchFeed {
  /**
   * Takes over what changed, one batch; or makes the index anew where it is of other tables, of another version, or lacks
   * products.
   *
   * @returns whether there may be more.
   * @throws {@link MeilisearchUnavailableError}, {@link MeilisearchRefusedError}; another feed goes on where it was.
   */
  step(): Promise<boolean>;
}

/**
 * Follows the rows of search by the numbers of their changes, as the memory does (see memory/product-memory.ts): numbers
 * become visible in their order, so that none is missed, and rows that are gone leave a tombstone. Every change is in the
 * index before the position after it is written down there; whoever stops in between sends some changes twice.
 */
export function createMeilisearchFeed(options: FeedOptions): MeilisearchFeed {
  const { database, client, indexes, readSettings, onRebuild } = options;
  let known: IndexStanding | null = null;

  async function note(standing: IndexStanding): Promise<void> {
    await client.put(indexes.standing, [{ id: standingId, ...standing }]);
    known = standing;
  }

  async function rebuild(version: string, settings: object): Promise<void> {
    const began = performance.now();
    onRebuild(null);
    // changes that come meanwhile have greater numbers, and are sent after the exchange
    const { source, position } = await readSource(database);
    await client.dropIndex(indexes.next);
    await client.makeIndex(indexes.next);
    await client.set(indexes.next, settings);
    let products = 0;
    const unfinished: (() => Promise<void>)[] = [];
    for (let after = ''; ;) {
      const documents = await readDocuments(database, sql`id > ${after}`, sql`order by id limit ${documentsAtOnce}`);
      if (documents.length > 0) unfinished.push(await client.beginPut(indexes.next, documents));
      if (unfinished.length >= batchesAhead) await unfinished.shift()?.();
      products += documents.length;
      after = documents.at(-1)?.id ?? '';
      if (documents.length < documentsAtOnce) break;
    }
    for (const finished of unfinished) await finished();
    // two that are there can be exchanged
    await client.makeIndex(indexes.products);
    await client.swap(indexes.products, indexes.next);
    await note({ source, position, version });
    await client.dropIndex(indexes.next);
    onRebuild({ products, milliseconds: Math.round(performance.now() - began) });
  }

  /** Whether the index, up to date as it says, has as many products as there are rows. */
  async function isWhole(at: number): Promise<boolean> {
    const held = await client.count(indexes.products);
    const { rows } = await database.execute(sql`select count(*)::int as count from ${searchProduct}`);
    const [row] = z.tuple([z.object({ count: z.int() })]).parse(rows);
    // counted between two changes, or not at all
    return held === row.count || (await readSource(database)).position !== at;
  }

  async function step(): Promise<boolean> {
    const { settings, version } = await readSettings();
    const { source, position } = await readSource(database);
    const first = known === null;
    known ??= await readIndexStanding(client, indexes);
    // of a later position than the tables: these were put back to an earlier state
    if (known?.source !== source || known.version !== version || known.position > position) {
      await rebuild(version, settings);
      return true;
    }
    if (first) {
      if (known.position === position && !(await isWhole(position))) {
        await rebuild(version, settings);
        return true;
      }
      known = { ...known, position: Math.max(0, known.position - repeated) };
    }
    if (position <= known.position) return false;
    const { rows } = await database.execute(sql`
      select id, changed::text from (
        select id, changed from ${searchProduct} where changed > ${known.position} and changed <= ${position}
        union all
        select id, changed from ${searchRemoved} where changed > ${known.position} and changed <= ${position}) as changes
      order by changed limit ${documentsAtOnce}`);
    const changes = z.array(changeSchema).parse(rows);
    const ids = [...new Set(changes.map(({ id }) => id))];
    // what is read now may be newer than the change: never older
    const documents = await readDocuments(
      database,
      sql`id = any(array(select json_array_elements_text(${JSON.stringify(ids)}::json)))`,
      sql``
    );
    const there = new Set(documents.map(({ id }) => id));
    const gone = ids.filter((id) => !there.has(id));
    if (documents.length > 0) await client.put(indexes.products, documents);
    if (gone.length > 0) await client.remove(indexes.products, gone);
    const all = changes.length < documentsAtOnce;
    await note({ source, version, position: all ? position : (changes.at(-1)?.changed ?? position) });
    return !all;
  }

  return { step };
}
