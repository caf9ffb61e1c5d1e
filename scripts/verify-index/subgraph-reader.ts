import { z } from 'zod';
import { selectionOf, toFactRow, type Fact } from './facts.ts';
import { ask } from './graphql.ts';
import type { FactPage, IndexReader, IndexedBlock } from './reader.ts';

const blockSchema = z.object({ number: z.int(), hash: z.string() });
const headSchema = z.object({ _meta: z.object({ block: blockSchema, hasIndexingErrors: z.boolean() }) });
const pageSchema = z.record(z.string(), z.array(z.record(z.string(), z.unknown())));

/** Entities that graph-node gives at a time, at most. */
const pageSize = 1_000;

/** Asks a subgraph on graph-node, which can tell of any block since its start. */
export function subgraphReader(url: string): IndexReader {
  const list = async (fact: Fact, where: string, type: string, value: unknown, limit: number, block: IndexedBlock) => {
    const data = await ask(
      url,
      pageSchema,
      `query ($value: ${type}, $limit: Int!, $block: Int!) {
        rows: ${fact.collection}(where: { ${where}: $value }, orderBy: id, first: $limit, block: { number: $block }) {
          ${selectionOf(fact)}
        }
      }`,
      { value, limit, block: block.number }
    );
    const rows = (data['rows'] ?? []).map((entity) => toFactRow(fact, entity));
    const last = rows.at(-1)?.['id'];
    const page: FactPage = { block, rows, next: rows.length < limit || typeof last !== 'string' ? null : last };
    return page;
  };
  return {
    async head() {
      const { _meta } = await ask(url, headSchema, '{ _meta { hasIndexingErrors block { number hash } } }');
      return _meta.block;
    },
    page: (fact, after, block) => {
      const first = fact.idType === 'Bytes' ? '0x' : '';
      return list(fact, 'id_gt', `${fact.idType}!`, after ?? first, pageSize, block);
    },
    select: (fact, ids, block) => list(fact, 'id_in', `[${fact.idType}!]!`, ids, ids.length, block)
  };
}
