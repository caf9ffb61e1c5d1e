import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { z } from 'zod';
import { bytes32Schema, type Hex } from '#sdk/protocol/primitives';
import type { Database } from '../database.ts';
import type { Outbox } from '../outbox/outbox.ts';
import { savedSearch, savedSearchMatch, searchComparison } from '../schema/notices.ts';
import { searchProduct, searchRemoved } from '../schema/search.ts';
import { standingOf } from '../search/memory/read-rows.ts';
import { readCursor } from '../sync/cursor.ts';
import { isoOf } from '../webhooks/notice-of-message.ts';
import { recordNotice, retractNotice, type Moment } from '../webhooks/record.ts';
import { createProductReader, type ChangedProduct, type ChangedProducts } from './match.ts';

/** Changes of products that are compared at once, and searches between which others get their turn. */
const changesAtOnce = 500;
const searchesAtOnce = 20;
/** Milliseconds between two looks where nothing wakes it. */
const lookInterval = 2_000;
/** Matches of a search that are remembered; of more the older half is forgotten. */
const mostMatches = 1_000;

type SavedSearchRow = typeof savedSearch.$inferSelect;

export interface ProductFollowerOptions {
  readonly database: Database;
  readonly outbox: Pick<Outbox, 'onMessages'>;
  readonly logger: Logger;
  moment(): Moment;
  leads(): boolean;
  /** Something was recorded, and can be read. */
  onRecorded(): void;
}

const changeSchema = z.object({ id: bytes32Schema, changed: z.coerce.number() });

/**
 * Compares saved searches with products as these change: not each search with all products, but each change with all
 * searches. A product that comes to match is told once; one that is gone from the chain is taken back.
 */
export function followProducts(options: ProductFollowerOptions): { stop(): Promise<void> } {
  const { database, outbox, logger, moment, leads, onRecorded } = options;
  const readProducts = createProductReader();
  const stopping = new AbortController();
  let recorded = false;
  let woken = new AbortController();
  const forget = outbox.onMessages(() => {
    woken.abort();
  });

  /** @returns whether there may be more. */
  async function step(): Promise<boolean> {
    return database.transaction(async (transaction) => {
      const standing = await standingOf(transaction);
      // whoever begins knows of no search yet
      await transaction
        .insert(searchComparison)
        .values({ id: 1, ...standing })
        .onConflictDoNothing();
      const [known] = await transaction.select().from(searchComparison).where(eq(searchComparison.id, 1)).for('update');
      if (known === undefined) return false;
      // another table: everything counts as changed, and what is known is told no more
      const after = known.file === standing.file ? known.position : 0;
      if (known.file === standing.file && after >= standing.position) return false;
      const { rows } = await transaction.execute(sql`
        select id, changed::text from (
          select id, changed from ${searchProduct} where changed > ${after}
          union all
          select id, changed from ${searchRemoved} where changed > ${after}) as changes
        order by changed limit ${changesAtOnce}`);
      const changes = z.array(changeSchema).parse(rows);
      const searches = await transaction.select().from(savedSearch);
      if (searches.length > 0 && changes.length > 0) {
        await compare(
          transaction,
          searches,
          changes.map(({ id }) => id)
        );
      }
      const last = changes.at(-1);
      const position = changes.length < changesAtOnce || last === undefined ? standing.position : last.changed;
      await transaction
        .update(searchComparison)
        .set({ file: standing.file, position: Math.max(position, last?.changed ?? 0) })
        .where(eq(searchComparison.id, 1));
      return changes.length === changesAtOnce;
    });
  }

  async function compare(transaction: Database, searches: readonly SavedSearchRow[], ids: readonly Hex[]) {
    const changed = await readProducts(transaction, [...new Set(ids)]);
    await takeBack(
      transaction,
      ids.filter((id) => !changed.products.has(id))
    );
    if (changed.products.size === 0) return;
    const alike = new Map<string, SavedSearchRow[]>();
    for (const search of searches) {
      const same = alike.get(search.understood);
      if (same === undefined) alike.set(search.understood, [search]);
      else same.push(search);
    }
    let compared = 0;
    for (const [understood, same] of alike) {
      if (++compared % searchesAtOnce === 0) await breathe();
      const met = await meeting(changed, understood);
      if (met.length === 0) continue;
      for (const search of same) await tell(transaction, search, met);
    }
  }

  async function meeting(changed: ChangedProducts, understood: string): Promise<ChangedProduct[]> {
    try {
      return await changed.meeting(understood);
    } catch (error) {
      // such as a category that there is no more: the others go on
      if (!(error instanceof z.ZodError)) throw error;
      return [];
    }
  }

  async function tell(transaction: Database, search: SavedSearchRow, met: readonly ChangedProduct[]): Promise<void> {
    const { now, marketNow } = moment();
    const candidates = met.filter(({ created }) => search.complete || created > search.since);
    if (candidates.length === 0) return;
    const fresh = await transaction
      .insert(savedSearchMatch)
      .values(candidates.map(({ id }) => ({ search: search.id, product: id, matchedAt: now })))
      .onConflictDoNothing()
      .returning({ product: savedSearchMatch.product });
    const isNew = new Set(fresh.map(({ product }) => product));
    for (const { id, seller, offer, price, name } of candidates) {
      if (!isNew.has(id)) continue;
      const data = {
        search: search.id,
        searchName: search.name,
        product: id,
        name,
        offer,
        seller,
        pricePerSecond: price
      };
      await recordNotice(
        transaction,
        {
          notice: { type: 'search.match', timestamp: isoOf(marketNow), data },
          cause: matchCause(search.id, id),
          ...{ subjects: [], product: null, since: null, of: search.account }
        },
        { now, marketNow }
      );
    }
    recorded ||= fresh.length > 0;
    if (fresh.length > 0) await bound(transaction, search);
  }

  /** Forgets old matches of a search that finds very much. What was listed up to now is then no news any more. */
  async function bound(transaction: Database, search: SavedSearchRow): Promise<void> {
    const of = and(eq(savedSearchMatch.search, search.id), isNotNull(savedSearchMatch.matchedAt));
    if ((await transaction.$count(savedSearchMatch, of)) <= mostMatches) return;
    await transaction.execute(sql`
      delete from ${savedSearchMatch} where search = ${search.id} and product in (
        select product from ${savedSearchMatch} where search = ${search.id} and matched_at is not null
        order by matched_at desc offset ${mostMatches / 2})`);
    const cursor = await readCursor(transaction);
    await transaction
      .update(savedSearch)
      .set({ complete: false, since: cursor?.number ?? search.since })
      .where(eq(savedSearch.id, search.id));
  }

  async function takeBack(transaction: Database, ids: readonly Hex[]): Promise<void> {
    if (ids.length === 0) return;
    const { now } = moment();
    const gone = await transaction
      .delete(savedSearchMatch)
      .where(and(inArray(savedSearchMatch.product, [...ids]), isNotNull(savedSearchMatch.matchedAt)))
      .returning();
    for (const { search, product } of gone) {
      await retractNotice(transaction, matchCause(search, product), `removal at ${String(now)}`, now);
    }
  }

  async function run(): Promise<void> {
    let failing = false;
    while (!stopping.signal.aborted) {
      woken = new AbortController();
      let more = false;
      try {
        if (leads()) more = await step();
        if (recorded) onRecorded();
        recorded = false;
        failing = false;
      } catch (error) {
        if (!failing) logger.warn({ error }, 'saved searches cannot be compared; trying again');
        failing = true;
      }
      if (more) continue;
      const signal = failing ? stopping.signal : AbortSignal.any([stopping.signal, woken.signal]);
      await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
    }
    forget();
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    }
  };
}

const matchCause = (search: string, product: Hex): string => `match ${search} ${product}`;
