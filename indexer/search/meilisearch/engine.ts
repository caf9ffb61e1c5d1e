import { z } from 'zod';
import type { Hex } from '#sdk/protocol/primitives';
import { bytes32Schema } from '#sdk/protocol/primitives';
import { searchByWords, type WordsRead } from '../by-words.ts';
import { CursorInvalidError, decodeCursor } from '../cursor.ts';
import { createMarketSizeReader } from '../postgres/market-size.ts';
import { suggest, type NameFinder } from '../postgres/suggestions.ts';
import type { SearchEngine, SearchQuery, SearchResult } from '../search-engine.ts';
import type { View } from '../view.ts';
import { toResult } from './answer.ts';
import { MeilisearchRefusedError, MeilisearchUnavailableError, type MeilisearchClient } from './client.ts';
import { nearCondition } from './near.ts';
import { equals, isRanked, rankedKeys, textOf, toRequest, toWordsQuery } from './query.ts';
import { textAttributes } from './settings.ts';
import { similarByMeilisearch } from './similar.ts';
import type { MeilisearchWatch } from './watch.ts';

/** Products before a page that are found again by rows, when Meilisearch went away while somebody paged. */
const foundAgainMost = 2_000;

export interface MeilisearchEngineOptions {
  readonly client: MeilisearchClient;
  /** Name of the index of products. */
  readonly index: string;
  readonly watch: Pick<MeilisearchWatch, 'isReady' | 'answered' | 'failed' | 'refused'>;
  /** What answers where Meilisearch cannot. */
  readonly rows: SearchEngine;
  /** Something was asked for, and which engine answered. */
  onAnswer(by: SearchEngine['name'], insteadOf: SearchEngine['name'] | null): void;
}

const namedSchema = z.array(z.object({ id: bytes32Schema, title: z.string() }));

/**
 * Search by Meilisearch. Queries are read as for the other engine (typing errors, synonyms, words that say little), and
 * what matches is marked by it; Meilisearch finds, ranks, narrows, sorts and counts. Where it fails, or is not ready, the
 * other engine answers, and the answer says so.
 */
export function createMeilisearchEngine(options: MeilisearchEngineOptions): SearchEngine {
  const { client, index, watch, rows, onAnswer } = options;
  const sizeOf = createMarketSizeReader();

  /** Asks Meilisearch if it is ready, and the other engine if not, or if it fails. */
  async function either<Answer>(
    ask: () => Promise<Answer>,
    instead: () => Promise<Answer>
  ): Promise<{ readonly answer: Answer; readonly failed: boolean }> {
    if (watch.isReady()) {
      try {
        const answer = await ask();
        watch.answered();
        onAnswer('meilisearch', null);
        return { answer, failed: false };
      } catch (error) {
        if (error instanceof MeilisearchUnavailableError) watch.failed(error);
        else if (error instanceof MeilisearchRefusedError) watch.refused(error);
        else throw error;
      }
    }
    const answer = await instead();
    onAnswer('postgres', 'meilisearch');
    return { answer, failed: true };
  }

  async function byRows(view: View, query: SearchQuery): Promise<SearchResult> {
    const result = await rows.search(view, query);
    onAnswer('postgres', null);
    return { ...result, searchedBy: { engine: 'postgres', insteadOf: null } };
  }

  /** @returns null where the rows are to be asked by the nature of the query. */
  async function find(view: View, query: SearchQuery): Promise<SearchResult | null> {
    const near =
      query.near === undefined ? null : await nearCondition(view.database, { near: query.near, within: query.within });
    if (query.near !== undefined && near === null) return null;
    const searchFor = async (read: WordsRead | null): Promise<SearchResult> => {
      const request = toRequest(index, query, read?.required ?? null, near);
      return toResult(query, request, await client.search(request.queries));
    };
    if (query.q === '') return searchFor(null);
    return searchByWords(view, query, await sizeOf(view.database), async (read) => {
      const result = await searchFor(read);
      if (result.total > 0) return result;
      const [any] = await client.search([toWordsQuery(index, query, read.required, near)]);
      return any?.hits.length === 0 ? null : result;
    });
  }

  async function search(view: View, query: SearchQuery): Promise<SearchResult> {
    if (isForRows(query)) return byRows(view, query);
    const { answer, failed } = await either(
      () => find(view, query),
      () => searchInstead(rows, view, query)
    );
    if (answer === null) return byRows(view, query);
    return {
      ...answer,
      searchedBy: failed ? { engine: 'postgres', insteadOf: 'meilisearch' } : { engine: 'meilisearch', insteadOf: null }
    };
  }

  const findNames: NameFinder = async (terms, limit) => {
    const [found] = await client.search([
      {
        ...{ indexUid: index, q: textOf(terms), matchingStrategy: 'all' as const, limit },
        ...{ filter: [equals('listed', 'true')], attributesToRetrieve: ['id', 'title'] },
        attributesToSearchOn: textAttributes.name
      }
    ]);
    const named = namedSchema.safeParse(found?.hits);
    if (named.success) return named.data.map(({ id, title }) => ({ id, name: title }));
    throw new MeilisearchUnavailableError('A product that Meilisearch found is not as it was put there.', {
      cause: named.error
    });
  };

  return {
    name: 'meilisearch',
    search,
    async suggest(view, typed, limit) {
      const { products } = await sizeOf(view.database);
      const { answer } = await either(
        () => suggest(view.database, typed, limit, products, findNames),
        () => rows.suggest(view, typed, limit)
      );
      return answer;
    },
    async similar(view, product: Hex, limit) {
      const { answer } = await either(
        () => similarByMeilisearch(view.database, client, index, product, limit),
        () => rows.similar(view, product, limit)
      );
      return answer;
    }
  };
}

/**
 * What rows alone answer: questions for one seller, stream, address or id, since somebody who has just listed a product
 * looks for it that way; and the rest of a list that they began.
 */
function isForRows(query: SearchQuery): boolean {
  if (query.seller !== undefined || query.stream !== undefined) return true;
  if (/^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(query.q)) return true;
  return (
    isRanked(query) && query.cursor !== undefined && !hasKeys(query.cursor, rankedKeys) && hasKeys(query.cursor, 2)
  );
}

function hasKeys(cursor: string, keys: number): boolean {
  try {
    decodeCursor(cursor, keys);
    return true;
  } catch (error) {
    if (error instanceof CursorInvalidError) return false;
    throw error;
  }
}

/** Searches by rows what Meilisearch should have, also from a page on that only Meilisearch knows the beginning of. */
async function searchInstead(rows: SearchEngine, view: View, query: SearchQuery): Promise<SearchResult> {
  if (!isRanked(query) || query.cursor === undefined || !hasKeys(query.cursor, rankedKeys)) {
    return rows.search(view, query);
  }
  const offset = Number(decodeCursor(query.cursor, rankedKeys).keys[0]);
  if (offset < 0 || offset > foundAgainMost) {
    throw new CursorInvalidError('This list was ranked by an engine that is away. Begin with its first page again.');
  }
  const found = await rows.search(view, { ...query, cursor: undefined, limit: offset + query.limit });
  return { ...found, hits: found.hits.slice(offset) };
}
