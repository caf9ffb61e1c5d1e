import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { z } from 'zod';

/** Queries that are remembered; each has at most {@link graphqlLimits.query} characters. */
const mostQueries = 1_000;

const extensionSchema = z.object({
  version: z.literal(1),
  sha256Hash: z.string().regex(/^[0-9a-f]{64}$/)
});

/**
 * Automatic persisted queries: a client sends the SHA-256 of a query, and the query itself only when it is asked for it
 * (protocol of Apollo, version 1). The queries used longest ago are forgotten first.
 *
 * @param check Looks at the text of a query before it is remembered; throws where it is refused.
 */
export function persistedQueries(check: (query: string) => void): Plugin {
  const queries = new Map<string, string>();
  return {
    onParams({ params, setParams }) {
      const given: unknown = params.extensions?.['persistedQuery'];
      if (given === undefined) return;
      const parsed = extensionSchema.safeParse(given);
      if (!parsed.success) {
        throw refusal('extensions.persistedQuery must be {"version": 1, "sha256Hash": 64 lowercase hex digits}.', {
          code: 'PERSISTED_QUERY_NOT_SUPPORTED',
          status: 400
        });
      }
      const { sha256Hash: hash } = parsed.data;
      const query = params.query ?? queries.get(hash);
      if (query === undefined) {
        // clients know this one by its words and its code, and answer with the query
        throw refusal('PersistedQueryNotFound', { code: 'PERSISTED_QUERY_NOT_FOUND', status: 200 });
      }
      if (params.query !== undefined) {
        check(query);
        if (createHash('sha256').update(query).digest('hex') !== hash) {
          throw refusal('sha256Hash is not the SHA-256 of the query.', {
            code: 'PERSISTED_QUERY_HASH_MISMATCH',
            status: 400
          });
        }
      }
      queries.delete(hash);
      queries.set(hash, query);
      for (const oldest of queries.keys()) {
        if (queries.size <= mostQueries) break;
        queries.delete(oldest);
      }
      setParams({ ...params, query });
    }
  };
}

function refusal(message: string, { code, status }: { code: string; status: number }): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status, spec: true } } });
}
