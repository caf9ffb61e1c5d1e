import { z } from 'zod';
import { selectionOf, toFactRow, type Fact } from './facts.ts';
import { ask, IndexUnreadableError } from './graphql.ts';
import type { FactPage, IndexReader } from './reader.ts';

const statusSchema = z.object({ indexed: z.object({ number: z.int(), hash: z.string() }).nullable() });
const pageSchema = z.object({
  status: statusSchema,
  page: z.object({
    nodes: z.array(z.record(z.string(), z.unknown())),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })
  })
});

/** Facts that the indexer gives at a time, at most. */
const pageSize = 1_000;

/** Asks the indexer, which tells of its head; block and facts of one answer are of the same moment. */
export function indexerReader(baseUrl: string): IndexReader {
  const url = new URL('/graphql', baseUrl).href;
  const indexedBlock = ({ indexed }: z.output<typeof statusSchema>) => {
    if (indexed === null) throw new IndexUnreadableError(`${url} has not read the chain yet. Try again in a moment.`);
    return indexed;
  };
  const list = async (fact: Fact, after: string | null, ids: readonly string[] | null): Promise<FactPage> => {
    const { status, page } = await ask(
      url,
      pageSchema,
      `query ($first: Int!, $after: String, $ids: [ID!]) {
        status { indexed { number hash } }
        page: ${fact.collection}(orderBy: ID, first: $first, after: $after, ids: $ids) {
          nodes { ${selectionOf(fact)} }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { first: pageSize, after, ids }
    );
    return {
      block: indexedBlock(status),
      rows: page.nodes.map((entity) => toFactRow(fact, entity)),
      next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
    };
  };
  return {
    async head() {
      const { status } = await ask(url, z.object({ status: statusSchema }), '{ status { indexed { number hash } } }');
      return indexedBlock(status);
    },
    page: (fact, after) => list(fact, after, null),
    select: (fact, ids) => list(fact, null, ids)
  };
}
