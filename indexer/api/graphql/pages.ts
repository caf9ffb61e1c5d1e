import { and, arrayContains, eq, inArray, type SQL } from 'drizzle-orm';
import { GraphQLError } from 'graphql';
import type { Address } from '#sdk/protocol/primitives';
import { factTables, type FactName, type offer, type permission, type product } from '../../schema.ts';
import { listFacts, type FactOrder } from '../../search/list-facts.ts';
import type { Builder, GraphqlContext } from './builder.ts';
import type { FactTypes } from './fact-types.ts';
import { graphqlLimits } from './limits.ts';
import { oneFact } from './reads-one-fact.ts';

export interface Page {
  /** How many there are on all pages. */
  total(): Promise<number>;
}

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly orderBy?: FactOrder | null | undefined;
  readonly ids?: readonly string[] | null | undefined;
}

/** Builds the fields of the query type. */
export type QueryFields = Parameters<Parameters<Builder['queryFields']>[0]>[0];

export type Pages = ReturnType<typeof createPages>;

/** What every list of facts shares: its type, its arguments, and how it is read. */
export function createPages(builder: Builder, types: FactTypes) {
  const order = builder.enumType('FactOrder', {
    values: {
      NEWEST: { value: 'newest', description: 'The latest block first, then by id, descending.' },
      ID: { value: 'id', description: 'By id, ascending. The only order of permissions, keys and cohorts.' },
      UNITS: { value: 'units', description: 'Of karma alone: the most units first.' }
    } as const
  });

  /** The connection type of a fact, made once. */
  function connection(fact: FactName) {
    const node = types[fact] as (typeof types)['stream'];
    return builder.connectionObject<typeof node, Page, false, false>({
      type: node,
      name: `${fact.charAt(0).toUpperCase()}${fact.slice(1)}Connection`,
      fields: (t) => ({ totalCount: t.int({ resolve: (page) => page.total() }) })
    });
  }

  const height = builder.inputType('BlockHeight', {
    description: 'A block, by its number or by its hash.',
    fields: (t) => ({ number: t.int(), hash: t.field({ type: 'Bytes' }) })
  });
  /** The block as of which something is told. */
  const atBlock = (t: QueryFields) =>
    t.arg({
      type: height,
      description:
        'As of this block, by its time; the newest by default. The whole operation is answered as of the same block.'
    });

  /** Arguments of every list. */
  const paging = (t: QueryFields) => ({
    first: t.arg.int({
      description: `1 to ${String(graphqlLimits.page)}, by default ${String(graphqlLimits.usualPage)}.`
    }),
    after: t.arg.string({ description: 'endCursor of the page before.' }),
    orderBy: t.arg({ type: order }),
    ids: t.arg.idList({ description: 'Only these.' }),
    block: atBlock(t)
  });

  /** One fact by its id. */
  const one = (t: QueryFields, fact: FactName) =>
    t.field({
      type: types[fact] as never,
      nullable: true,
      args: { id: t.arg.id({ required: true }), block: atBlock(t) },
      extensions: { [oneFact]: fact.charAt(0).toUpperCase() + fact.slice(1) },
      resolve: (_: unknown, { id }: { id: unknown }, { loader }: GraphqlContext) =>
        loader.load(fact, String(id).slice(0, 200)) as never
    } as never);

  return { connection, paging, one, atBlock };
}

/** An argument of bytes. */
export function bytesArgument(t: QueryFields) {
  return (description?: string) => t.arg({ type: 'Bytes', ...(description === undefined ? {} : { description }) });
}

/** Reads a page of a list of facts. */
export async function resolvePage(
  context: GraphqlContext,
  fact: FactName,
  page: PageArguments,
  filter: SQL | undefined
) {
  const limit = page.first ?? graphqlLimits.usualPage;
  if (limit < 1 || limit > graphqlLimits.page) {
    throw new GraphQLError(`first must be 1 to ${String(graphqlLimits.page)}.`, {
      extensions: { code: 'request-invalid' }
    });
  }
  if (page.ids != null && page.ids.length > graphqlLimits.page) {
    throw new GraphQLError(`ids may be ${String(graphqlLimits.page)} at most.`, {
      extensions: { code: 'request-invalid' }
    });
  }
  // No id holds NUL, and Postgres takes none.
  const wanted = page.ids?.filter((id) => !id.includes('\0'));
  const ids = wanted == null ? undefined : inArray(factTables[fact].id as typeof permission.id, wanted);
  const list = await listFacts(context.view, fact, {
    filter: and(filter, ids),
    order: page.orderBy ?? 'newest',
    limit,
    cursor: page.after ?? undefined
  });
  return toConnection(
    list.rows.map((row) => ({ node: row, cursor: list.cursorOf(row) })),
    list.hasMore,
    page.after != null,
    () => list.total()
  );
}

/** Rows of a page -> its connection. */
export function toConnection(
  edges: readonly { readonly node: object; readonly cursor: string }[],
  hasNextPage: boolean,
  hasPreviousPage: boolean,
  total: () => Promise<number>
) {
  const startCursor = edges[0]?.cursor ?? null;
  const endCursor = edges.at(-1)?.cursor ?? null;
  return { edges, pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor }, total };
}

type TextColumn = (typeof permission)['stream' | 'account' | 'permission'] | (typeof offer)['product'];

/** A column equals a value, where one was given. */
export function equal(column: unknown, value: string | null | undefined): SQL | undefined {
  return value == null ? undefined : eq(column as TextColumn, value as never);
}

/** A list holds a value, where one was given. */
export function contains(
  column: (typeof offer)['streams'] | (typeof product)['streams'],
  value: string | null | undefined
): SQL | undefined {
  return value == null ? undefined : arrayContains(column, [value as Address]);
}
