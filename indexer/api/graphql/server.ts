import { createYoga, type Plugin, type YogaInitialContext } from 'graphql-yoga';
import { GraphQLError, type ExecutionArgs } from 'graphql';
import type pg from 'pg';
import { TributaryError } from '#sdk/protocol/problem';
import type { Past } from '../../history/past.ts';
import type { LiveFilter, LiveMessages } from '../live-messages.ts';
import { problemOf } from '../problems.ts';
import type { View } from '../../search/view.ts';
import type { Services } from '../services.ts';
import { blockAsked } from './block-asked.ts';
import { createFactLoader, createSharedLoader, type FactLoader } from './fact-loader.ts';
import { checkLimits, checkText } from './limits.ts';
import { knownOperations } from './known-operations.ts';
import { OperationContext } from './operation-context.ts';
import { persistedQueries } from './persisted-queries.ts';
import { readsOneFact } from './reads-one-fact.ts';
import { createSchema } from './schema.ts';
import { withSnapshot } from '../../history/snapshot.ts';

/** What GraphQL is made of. */
type GraphqlServices = Pick<Services, 'view' | 'readiness' | 'logger'>;

/** What belongs to one request. */
interface RequestContext {
  /** Who asks, for the limits of one client. */
  readonly client: string;
}

/**
 * POST and GET /graphql: every query reads one moment of the tables; subscriptions are answered by server-sent events.
 *
 * @returns what answers a request of a client.
 */
export function graphqlServer(
  services: GraphqlServices,
  pool: pg.Pool,
  live: LiveMessages,
  past: Past
): (request: Request, client: string) => Promise<Response> {
  const contextOf = (view: View, client: string, loader: FactLoader): OperationContext =>
    new OperationContext(view, loader, {
      readiness: services.readiness,
      live: (filter) => live.open(client, filter)
    });
  const shared = createSharedLoader(services.view);
  const run = async (
    given: ExecutionArgs,
    execute: (given: ExecutionArgs) => unknown,
    client: string
  ): Promise<unknown> => {
    const block = blockAsked(given);
    if (block !== null) {
      return past.read(block, (view) =>
        Promise.resolve(execute({ ...given, contextValue: contextOf(view, client, createFactLoader(view)) }))
      );
    }
    // a single statement sees a single moment by itself
    if (readsOneFact(given)) {
      return execute({ ...given, contextValue: contextOf(services.view, client, shared) });
    }
    return withSnapshot(pool, (database) => {
      const view = { ...services.view, database };
      return Promise.resolve(execute({ ...given, contextValue: contextOf(view, client, createFactLoader(view)) }));
    });
  };
  const known = knownOperations(run);
  const limits: Plugin = {
    onParams({ params }) {
      // In a request of another shape it may be anything; the server refuses that itself.
      if (typeof params.query === 'string') checkText(params.query);
    },
    onSubscribe({ args, extendContext }) {
      const operation = args as ExecutionArgs;
      checkLimits(operation.document, operation.operationName, operation.variableValues ?? {});
      const { client } = operation.contextValue as RequestContext;
      extendContext({ live: (filter: LiveFilter) => live.open(client, filter) } as object);
    },
    onExecute({ args, executeFn, setExecuteFn }) {
      const operation = args as ExecutionArgs;
      checkLimits(operation.document, operation.operationName, operation.variableValues ?? {});
      const { client, params } = operation.contextValue as RequestContext & Partial<YogaInitialContext>;
      if (params?.query !== undefined) known.remember(params.query, operation, executeFn);
      setExecuteFn((given: ExecutionArgs) => run(given, executeFn, client));
    }
  };
  const yoga = createYoga<RequestContext>({
    schema: createSchema(),
    graphqlEndpoint: '/graphql',
    // the platform's own: other streams, put into an answer of it, fail outside of any request when a client leaves
    fetchAPI: { Request, Response, Headers, ReadableStream, TextEncoder, TextDecoder },
    landingPage: false,
    graphiql: false,
    cors: false,
    batching: false,
    multipart: false,
    // the application has its own, smaller, which does not read the body twice
    maxRequestBodySize: false,
    logging: false,
    plugins: [persistedQueries(checkText), limits],
    maskedErrors: { maskError: (error) => maskError(error, services) }
  });
  return async (request, client) => {
    const { answer, rest } = await known.answer(request, client);
    return answer ?? yoga.fetch(rest, { client });
  };
}

/** What a resolver threw -> what the client is told, with problem details as extensions. */
function maskError(error: unknown, services: GraphqlServices): Error {
  if (isGraphqlError(error)) {
    const original = error.originalError;
    if (original === undefined || isGraphqlError(original)) return error;
    const problem = problemOf(original, services.logger);
    return new GraphQLError(problem.detail ?? problem.title, {
      nodes: error.nodes ?? null,
      path: error.path ?? null,
      extensions: { code: original instanceof TributaryError ? original.code : 'internal', problem }
    });
  }
  const problem = problemOf(error, services.logger);
  return new GraphQLError(problem.detail ?? problem.title, {
    extensions: { code: 'internal', problem, http: { status: problem.status } }
  });
}

/** By name, since several copies of the graphql package may be loaded. */
function isGraphqlError(error: unknown): error is GraphQLError {
  return error instanceof Error && error.name === 'GraphQLError';
}
