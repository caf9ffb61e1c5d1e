import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../start/errors.ts';
import { freePorts } from '../start/ports.ts';
import { startPostgres } from '../start/postgres.ts';
import { endProcess } from '../start/processes.ts';
import { plainConnections, type PlainConnections } from './api/plain-connections.ts';
import { generateProduct } from './search/products.ts';

/**
 * How many products a second are answered by their id, over REST and over GraphQL, beside the same SELECT from Node
 * without anything around it, and beside a server of Node that answers the same bytes whatever it is asked: more than
 * that goes through no HTTP of this machine. They take turns, so that what else the machine does falls on all of them.
 *
 * npx tsx scripts/bench/api.ts [rounds]
 */

const rounds = Number(process.argv[2] ?? 5);
const products = 1_000;
const requests = 3_000;
const atOnce = 16;
const generated = Array.from({ length: products }, (_, number) => generateProduct(number));
const ids = generated.map(({ product }) => String(product['id']));

async function insert(client: pg.Client, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await client.query(
    `insert into indexer.${table} (${columns}) select ${columns} from json_populate_recordset(null::indexer.${table}, $1)`,
    [JSON.stringify(rows)]
  );
}

/** Does something as often as is asked for, so many at once. @returns how often in a second. */
async function perSecond(act: (number: number) => Promise<void>): Promise<number> {
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let number = next++; number < requests; number = next++) await act(number);
    })
  );
  return (requests * 1_000) / (performance.now() - began);
}

/** Answers everything with the same product, by Node's own server alone. */
const constantServer = `
  const answer = JSON.stringify({ data: { product: {
    id: '0x' + '1'.repeat(64), seller: '0x' + '2'.repeat(40), number: '1', revenue: '0', purchases: 0, createdAt: '1'
  } } });
  const headers = { 'content-type': 'application/json', 'content-length': answer.length };
  require('node:http').createServer((request, response) => {
    request.resume().once('end', () => response.writeHead(200, headers).end(answer));
  }).listen(Number(process.argv[1]), '127.0.0.1');
`;

/** Asks over a connection that is kept; the answer must hold a text. */
async function ask(
  connections: PlainConnections,
  path: string,
  number: number,
  wanted: string,
  sent?: string
): Promise<void> {
  const { status, body } = await connections.ask(
    `${sent === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\ncontent-type: application/json\r\n` +
      // from an address of its own: the limit of requests is not what is measured
      `x-forwarded-for: 198.18.${String((number >> 8) & 255)}.${String(number & 255)}`,
    sent
  );
  if (status === 200 && body.includes(wanted)) return;
  throw new StartError(`${path} answered ${String(status)}: ${body.slice(0, 300)}`);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  chmodSync(directory, 0o711);
  const closings: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  let ended: Promise<void> | undefined;
  // A signal may come first and the end of main after it: everything is closed once, the last that was opened first.
  const end = () =>
    (ended ??= (async () => {
      for (const close of closings.reverse()) {
        await close().catch((error: unknown) => {
          console.error(error);
          process.exitCode = 1;
        });
      }
    })());
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void end().finally(() => process.exit(1)));
  }
  try {
    await measure(directory, (close) => void closings.push(close));
  } catch (error) {
    // what was asked while a signal closed everything was refused because of it
    if (ended === undefined) throw error;
  } finally {
    await end();
  }
}

/** Starts what is measured, and prints how it did. @param closeLater takes what ends each part, as soon as it is begun. */
async function measure(directory: string, closeLater: (close: () => Promise<void>) => void): Promise<void> {
  const [databasePort = 0, indexerPort = 0, constantPort = 0] = await freePorts(3);
  const starting = startPostgres({ directory: join(directory, 'postgres'), port: databasePort });
  closeLater(async () => (await starting).stop());
  const postgres = await starting;
  const indexer = spawn(process.execPath, ['--import', 'tsx', 'indexer/main.ts'], {
    env: {
      ...process.env,
      ...{ DATABASE_URL: postgres.url, INDEXER_PORT: String(indexerPort), DATA_DIRECTORY: directory },
      // as the market runs it
      NODE_ENV: 'production',
      ...{ CHAIN_URL: 'http://127.0.0.1:9', BROKER_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'fatal' }
    },
    stdio: ['ignore', 'ignore', 'inherit']
  });
  closeLater(() => endProcess(indexer.pid ?? 0, ['SIGTERM', 'SIGKILL'], 6_000));
  const constant = spawn(process.execPath, ['-e', constantServer, String(constantPort)], {
    stdio: ['ignore', 'ignore', 'inherit']
  });
  closeLater(() => endProcess(constant.pid ?? 0, ['SIGTERM', 'SIGKILL'], 2_000));
  const url = `http://127.0.0.1:${String(indexerPort)}`;
  const constantUrl = `http://127.0.0.1:${String(constantPort)}`;
  const client = new pg.Client({ connectionString: postgres.url });
  closeLater(() => client.end());
  const pool = new pg.Pool({ connectionString: postgres.url, max: atOnce });
  closeLater(() => pool.end());
  const toIndexer = plainConnections(url, atOnce);
  const toConstant = plainConnections(constantUrl, atOnce);
  closeLater(() => {
    toIndexer.close();
    toConstant.close();
    return Promise.resolve();
  });
  for (const ready of [`${url}/health`, constantUrl]) {
    while (!(await fetch(ready).catch(() => null))?.ok) await sleep(50);
  }
  await client.connect();
  await insert(
    client,
    'offer',
    generated.map(({ offer }) => offer)
  );
  await insert(
    client,
    'product',
    generated.map(({ product }) => product)
  );
  await client.query('vacuum analyze');
  const idOf = (number: number) => ids[number % products] ?? '';
  const query = 'query ($id: ID!) { product(id: $id) { id seller number revenue purchases createdAt } }';
  const ways = {
    http: (number: number) =>
      ask(toConstant, '/', number, '"seller":"0x', JSON.stringify({ query, variables: { id: idOf(number) } })),
    select: async (number: number) => {
      const text = 'select id, seller, number, revenue, purchases, created_at from indexer.product where id = $1';
      const { rows } = await pool.query<{ id: string }>({ name: 'product', text, values: [idOf(number)] });
      if (rows[0]?.id !== idOf(number)) throw new StartError(`${idOf(number)} is not in the tables.`);
    },
    graphql: (number: number) =>
      ask(toIndexer, '/graphql', number, '"seller":"0x', JSON.stringify({ query, variables: { id: idOf(number) } })),
    rest: (number: number) => ask(toIndexer, `/v1/products/${idOf(number)}`, number, idOf(number))
  };
  const best = { select: 0, http: 0, graphql: 0, rest: 0 };
  for (const way of Object.values(ways)) await perSecond(way);
  console.log(
    'round   SELECT/s  HTTP alone/s  GraphQL/s    REST/s  GraphQL of SELECT  of HTTP  REST of SELECT  of HTTP'
  );
  for (let round = 1; round <= rounds; round += 1) {
    const select = await perSecond(ways.select);
    const http = await perSecond(ways.http);
    const graphql = await perSecond(ways.graphql);
    const rest = await perSecond(ways.rest);
    best.select = Math.max(best.select, select);
    best.http = Math.max(best.http, http);
    best.graphql = Math.max(best.graphql, graphql);
    best.rest = Math.max(best.rest, rest);
    print(String(round), { select, http, graphql, rest });
  }
  print('best', best);
}

function print(
  name: string,
  { select, http, graphql, rest }: Record<'select' | 'http' | 'graphql' | 'rest', number>
): void {
  const share = (part: number, whole: number) => `${((100 * part) / whole).toFixed(0)} %`;
  console.log(
    `${name.padStart(5)} ${select.toFixed(0).padStart(10)} ${http.toFixed(0).padStart(13)} ` +
      `${graphql.toFixed(0).padStart(10)} ${rest.toFixed(0).padStart(9)} ` +
      `${share(graphql, select).padStart(18)} ${share(graphql, http).padStart(8)} ` +
      `${share(rest, select).padStart(15)} ${share(rest, http).padStart(8)}`
  );
}

await main();
