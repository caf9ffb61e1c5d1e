import { serverAudits } from 'graphql-http';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase } from '../../../test/database.ts';
import { migrateTables, openDatabase, type OpenDatabase } from '../../database.ts';
import { marketNow, marketSchemas } from '../../search/judged/market.ts';
import { createPostgresEngine } from '../../search/postgres/engine.ts';
import { exampleQueries } from './example-queries.ts';
import { graphqlServer } from './server.ts';

let open: OpenDatabase;
let drop: () => Promise<void>;
let server: ReturnType<typeof graphqlServer>;

beforeAll(async () => {
  const database = await createDatabase(inject('databaseUrl'));
  drop = database.drop;
  open = openDatabase(database.url, () => undefined);
  await migrateTables(open.pool);
  const status = { chainId: 1, head: null, indexed: null, sinceChainAnswered: null, ready: true };
  server = graphqlServer(
    {
      view: {
        ...{ database: open.database, engine: createPostgresEngine() },
        ...{ now: () => marketNow, schemas: () => marketSchemas }
      },
      readiness: () => Promise.resolve({ status, reason: null }),
      logger: pino({ level: 'silent' })
    },
    open.pool,
    { enter: () => () => undefined, open: () => Promise.reject(new TypeError('nothing subscribes here')) },
    { read: () => Promise.reject(new TypeError('nothing is past here')) }
  );
});

afterAll(async () => {
  await open.close();
  await drop();
});

/** What the specification asks for, under every name that its own audit gives it. */
describe('GraphQL over HTTP', () => {
  const audits = serverAudits({
    url: 'http://index/graphql',
    fetchFn: (url: string, init: RequestInit) => server(new Request(url, init), 'test')
  });
  it.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_, audit) => {
    const result = await audit.fn();
    expect(result.status === 'ok' ? null : result.reason).toBeNull();
  });
});

describe('the queries that the playground opens with', () => {
  const queries = exampleQueries.filter((text) => !text.includes('\nsubscription '));
  const post = (text: string, accept: string) =>
    server(
      new Request('http://index/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify({ query: text })
      }),
      'test'
    );

  it.each(queries.map((text) => [text.split('\n', 1)[0], text] as const))('%s', async (_, text) => {
    const answer = (await (await post(text, 'application/json')).json()) as { data?: unknown; errors?: unknown };
    expect(answer.errors).toBeUndefined();
    expect(answer.data).toBeDefined();
  });

  it('subscribe to what there is', async () => {
    const subscriptions = exampleQueries.filter((text) => !queries.includes(text));
    expect(subscriptions).toHaveLength(1);
    for (const text of subscriptions) {
      // Valid, it reaches the messages, which this test has none of.
      expect(await (await post(text, 'text/event-stream')).text()).toContain('"code":"internal"');
      expect(await (await post(text.replace('kind\n', 'sort\n'), 'text/event-stream')).text()).toContain('sort');
    }
  });
});
