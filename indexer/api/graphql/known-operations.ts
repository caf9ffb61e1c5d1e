import type { DocumentNode, ExecutionArgs, GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { checkLimits } from './limits.ts';

/** Queries that are remembered, and characters of the longest one. */
const mostOperations = 250;
const longestQuery = 4_096;

type Execute = (given: ExecutionArgs) => unknown;

interface KnownOperation {
  readonly document: DocumentNode;
  readonly schema: GraphQLSchema;
  readonly execute: Execute;
}

/** Requests in the plain form: nothing but these. */
const plainSchema = z.strictObject({
  query: z.string().max(longestQuery),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish()
});

/** What the answers of a query go out as, by what was asked for; other wishes are the server's to weigh. */
const answerTypes = new Map([
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json']
]);

/** Operations that the GraphQL server has parsed, validated and run; they are run again without it. */
export interface KnownOperations {
  remember(query: string, operation: ExecutionArgs, execute: Execute): void;
  /**
   * Answers plain requests for known operations, where there is no fault in them.
   *
   * @returns the answer, or null; and the request for the server, its body still unread.
   */
  answer(request: Request, client: string): Promise<{ readonly answer: Response | null; readonly rest: Request }>;
}

/** @param run Executes an operation of a client. */
export function knownOperations(
  run: (given: ExecutionArgs, execute: Execute, client: string) => Promise<unknown>
): KnownOperations {
  const operations = new Map<string, KnownOperation>();

  /** Null where the server has to say something other than data. */
  async function resultOf(text: string, client: string): Promise<string | null> {
    const plain = plainSchema.safeParse(parsed(text));
    if (!plain.success) return null;
    const { query, variables, operationName } = plain.data;
    const known = operations.get(query);
    if (known === undefined) return null;
    const { document, schema, execute } = known;
    try {
      checkLimits(document, operationName, variables ?? {});
    } catch {
      // refused by the server for the same reason, in its words
      return null;
    }
    const given = { document, schema, variableValues: variables ?? {}, operationName: operationName ?? null };
    const result = await run(given, execute, client);
    return isWhole(result) ? JSON.stringify(result) : null;
  }

  return {
    remember(query, { document, schema }, execute) {
      if (query.length > longestQuery) return;
      operations.delete(query);
      operations.set(query, { document, schema, execute });
      for (const oldest of operations.keys()) {
        if (operations.size <= mostOperations) break;
        operations.delete(oldest);
      }
    },
    async answer(request, client) {
      const { method, headers } = request;
      const type = answerTypes.get(headers.get('accept') ?? '*/*');
      const sent = headers.get('content-type');
      const isJson = sent === 'application/json' || sent?.startsWith('application/json;') === true;
      if (method !== 'POST' || type === undefined || !isJson) return { answer: null, rest: request };
      const text = await request.text();
      // what fails here fails there again, and is told there
      const result = await resultOf(text, client).catch(() => null);
      if (result !== null) {
        return {
          answer: new Response(result, { headers: { 'content-type': `${type}; charset=utf-8` } }),
          rest: request
        };
      }
      const { signal } = request;
      return { answer: null, rest: new Request(request.url, { method, headers: [...headers], body: text, signal }) };
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether a result is data and nothing else: no errors, no stream, nothing beside it. */
function isWhole(result: unknown): boolean {
  if (typeof result !== 'object' || result === null || !('data' in result)) return false;
  return Object.entries(result).every(([key, value]) => key === 'data' || value === undefined);
}
