import { and, asc, count, desc, eq, gt, sql } from 'drizzle-orm';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { Product } from '#sdk/protocol/discovery';
import type { Address, Hex } from '#sdk/protocol/primitives';
import {
  savedSearchLimits,
  type SavedSearch,
  type SearchMatchEvent,
  type savedSearchRequestSchema,
  type searchMatchQuerySchema
} from '#sdk/protocol/saved-searches';
import { savedSearch, savedSearchMatch, searchComparison } from '../schema/notices.ts';
import { searchProduct } from '../schema/search.ts';
import type { ProductMemory } from '../search/memory/product-memory.ts';
import { createTermReader } from '../search/memory/read-terms.ts';
import { productsById } from '../search/products.ts';
import type { View } from '../search/view.ts';
import { readCursor } from '../sync/cursor.ts';
import { NoticesTooManyError, NoticeUnknownError } from '../webhooks/errors.ts';
import { conditionsOf, isId, queryOf, understood } from './conditions.ts';
import { createProductReader, findStrictly, isNarrowed } from './match.ts';

/** Saved searches of all accounts together. */
const mostInAll = 10_000;
/** Products that match at first and are remembered; with more, only what is listed later is new. */
const mostKnown = 500;
/** Any number: whoever saves waits for whoever else does, so that nobody gets more than there may be. */
const savingLock = 7_236_573;

/** Saved searches of accounts, and what came to match them. */
export interface SavedSearches {
  /** @throws {@link SearchInvalidError}, {@link NoticesTooManyError} */
  save(account: Address, request: z.output<typeof savedSearchRequestSchema>): Promise<SavedSearch>;
  list(account: Address): Promise<SavedSearch[]>;
  /** @throws {@link NoticeUnknownError}, as the following ones. */
  rename(account: Address, id: string, name: string): Promise<SavedSearch>;
  remove(account: Address, id: string): Promise<void>;
  /** The newest first. */
  matches(
    account: Address,
    id: string,
    query: z.output<typeof searchMatchQuerySchema>
  ): Promise<{ matchedAt: number; product: Product }[]>;
  /**
   * What came to match any search of the account after a moment (Unix milliseconds), the oldest first, whole moments
   * at a time, and of these about as many as `limit` says; products that are gone are left out.
   */
  matchesAfter(account: Address, after: number, limit: number): Promise<SearchMatchEvent[]>;
}

export interface SavedSearchesOptions {
  readonly view: View;
  /** What products are there when a search is saved. */
  readonly memory: ProductMemory;
  /** Milliseconds. */
  readonly clock: () => number;
}

export function createSavedSearches({ view, memory, clock }: SavedSearchesOptions): SavedSearches {
  const { database } = view;
  const readTerms = createTermReader();
  const readProducts = createProductReader();
  const matched = {
    row: savedSearch,
    matches: sql<number>`(select count(*)::int from ${savedSearchMatch}
      where ${savedSearchMatch.search} = ${savedSearch.id} and ${savedSearchMatch.matchedAt} is not null)`,
    latest: sql<string | null>`(select max(${savedSearchMatch.matchedAt}) from ${savedSearchMatch}
      where ${savedSearchMatch.search} = ${savedSearch.id})`
  };

  async function find(account: Address, id: string): Promise<SavedSearch> {
    const [found] = await database
      .select(matched)
      .from(savedSearch)
      .where(and(eq(savedSearch.id, id), eq(savedSearch.account, account)));
    if (found === undefined) throw new NoticeUnknownError(id);
    return toSearch(found);
  }

  /** Products that match now, where they are few enough to be remembered; null where they are not. */
  async function known(meant: string): Promise<Hex[] | null> {
    const most = mostKnown + 1;
    if (!isNarrowed(meant)) {
      const table = await memory.current();
      const found = table === null ? null : await findStrictly(database, readTerms, table, meant, most);
      return found === null || found.length === most ? null : found;
    }
    const { q, seller, stream } = queryOf(meant, 1);
    const id = q.toLowerCase();
    const candidates = await database
      .select({ id: searchProduct.id })
      .from(searchProduct)
      .where(
        and(
          seller === undefined ? undefined : eq(searchProduct.seller, seller),
          stream === undefined ? undefined : sql`${searchProduct.streams} @> array[${stream}]`,
          isId(q)
            ? sql`(${id} in (${searchProduct.id}, ${searchProduct.offer}, ${searchProduct.seller})
                or ${searchProduct.streams} @> array[${id}])`
            : undefined
        )
      )
      .limit(most);
    if (candidates.length === most) return null;
    const read = await readProducts(
      database,
      candidates.map((one) => one.id)
    );
    return (await read.meeting(meant)).map((one) => one.id);
  }

  return {
    async save(account, { name, query }) {
      const conditions = conditionsOf(query);
      const meant = await understood(database, conditions);
      const id = `search_${randomBytes(16).toString('hex')}`;
      await database.transaction(async (transaction) => {
        await transaction.execute(sql`select pg_advisory_xact_lock(${savingLock})`);
        const [counted] = await transaction
          .select({ all: count(), own: sql<number>`count(*) filter (where ${savedSearch.account} = ${account})::int` })
          .from(savedSearch);
        if ((counted?.own ?? 0) >= savedSearchLimits.perAccount) {
          throw new NoticesTooManyError(
            `An account may keep ${String(savedSearchLimits.perAccount)} searches. Remove another one first.`
          );
        }
        if ((counted?.all ?? 0) >= mostInAll) {
          throw new NoticesTooManyError('This market keeps no more searches. Ask its operator.');
        }
        // no product may change between what is found here and what is compared from then on
        await transaction.select().from(searchComparison).for('share');
        const cursor = await readCursor(transaction);
        const found = await known(meant);
        await transaction.insert(savedSearch).values({
          ...{ id, account, name, query: conditions, understood: meant, createdAt: clock() },
          ...{ since: cursor?.number ?? 0, complete: found !== null }
        });
        if (found !== null && found.length > 0) {
          await transaction
            .insert(savedSearchMatch)
            .values(found.map((product) => ({ search: id, product, matchedAt: null })))
            .onConflictDoNothing();
        }
      });
      return find(account, id);
    },

    async list(account) {
      const rows = await database
        .select(matched)
        .from(savedSearch)
        .where(eq(savedSearch.account, account))
        .orderBy(asc(savedSearch.createdAt), asc(savedSearch.id));
      return rows.map(toSearch);
    },

    async rename(account, id, name) {
      await database
        .update(savedSearch)
        .set({ name })
        .where(and(eq(savedSearch.id, id), eq(savedSearch.account, account)));
      return find(account, id);
    },

    async remove(account, id) {
      await database.transaction(async (transaction) => {
        const gone = await transaction
          .delete(savedSearch)
          .where(and(eq(savedSearch.id, id), eq(savedSearch.account, account)))
          .returning({ id: savedSearch.id });
        if (gone.length === 0) throw new NoticeUnknownError(id);
        await transaction.delete(savedSearchMatch).where(eq(savedSearchMatch.search, id));
      });
    },

    async matches(account, id, { since, limit }) {
      await find(account, id);
      const rows = await database
        .select()
        .from(savedSearchMatch)
        .where(and(eq(savedSearchMatch.search, id), gt(savedSearchMatch.matchedAt, since)))
        .orderBy(desc(savedSearchMatch.matchedAt), asc(savedSearchMatch.product))
        .limit(limit);
      const products = await productsById(
        view,
        rows.map(({ product }) => product)
      );
      const byId = new Map(products.map((product) => [product.productId, product]));
      return rows.flatMap(({ product: of, matchedAt }) => {
        const product = byId.get(of);
        return product === undefined || matchedAt === null ? [] : [{ matchedAt, product }];
      });
    },

    async matchesAfter(account, after, limit) {
      const own = and(eq(savedSearch.account, account), gt(savedSearchMatch.matchedAt, after));
      const moments = database
        .select({ matchedAt: savedSearchMatch.matchedAt })
        .from(savedSearchMatch)
        .innerJoin(savedSearch, eq(savedSearch.id, savedSearchMatch.search))
        .where(own)
        .orderBy(asc(savedSearchMatch.matchedAt))
        .limit(limit)
        .as('moments');
      const rows = await database
        .select({ match: savedSearchMatch, name: savedSearch.name })
        .from(savedSearchMatch)
        .innerJoin(savedSearch, eq(savedSearch.id, savedSearchMatch.search))
        .where(and(own, sql`${savedSearchMatch.matchedAt} <= (select max(${moments.matchedAt}) from ${moments})`))
        .orderBy(asc(savedSearchMatch.matchedAt), asc(savedSearchMatch.search), asc(savedSearchMatch.product));
      const products = await productsById(view, [...new Set(rows.map(({ match }) => match.product))]);
      const byId = new Map(products.map((product) => [product.productId, product]));
      return rows.flatMap(({ match: { search, product: of, matchedAt }, name }) => {
        const product = byId.get(of);
        return product === undefined || matchedAt === null ? [] : [{ search, searchName: name, matchedAt, product }];
      });
    }
  };
}

interface Found {
  readonly row: typeof savedSearch.$inferSelect;
  readonly matches: number;
  readonly latest: string | null;
}

function toSearch({ row, matches, latest }: Found): SavedSearch {
  const { id, account, name, query, createdAt } = row;
  return { id, account, name, query, createdAt, matches, latestMatchAt: latest === null ? null : Number(latest) };
}
