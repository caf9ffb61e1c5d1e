import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { z } from 'zod';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { productPageSchema } from '#sdk/protocol/discovery';
import { StartError } from '../start/errors.ts';
import { freePorts } from '../start/ports.ts';
import { startPostgres } from '../start/postgres.ts';
import { endProcess } from '../start/processes.ts';
import { generateProduct, type GeneratedProduct } from './search/products.ts';
import { generateQueries } from './search/queries.ts';

/**
 * How fast products are found, over HTTP as a client sees it, the products themselves in the answer: 200 shapes of
 * queries with typing errors and facets, at one, eight and 64 at once. Where MEILI_URL (and MEILI_KEY) is set, the same
 * with a Meilisearch server that finds them, side by side.
 *
 * npx tsx scripts/bench/search.ts [products ...]
 */

const sizes = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [1_000, 10_000, 100_000];
const queries = generateQueries(200);
const levels = [
  { atOnce: 1, requests: 200 },
  { atOnce: 8, requests: 400 },
  { atOnce: 64, requests: 800 }
] as const;
const rowsAtOnce = 2_000;
/** Products beyond which the indexer searches rows unless it is told otherwise: measured then, too. */
const usuallyInMemory = parseConfiguration({}).SEARCH_PRODUCTS_IN_MEMORY;
/** What finding is compared with: one product by its id, over the same way. */
const lookUps = Array.from({ length: 200 }, (_, number) => `q=${String(generateProduct(number).product['id'])}`);

/** A Meilisearch server to compare with, if there is one, and how its indexes are called. */
const meilisearch = process.env['MEILI_URL'] ?? '';
const meilisearchIndex = `bench_${String(process.pid)}`;

/** Puts products into the tables of the indexer; documents as fetched, not yet cut up. */
async function fill(client: pg.Client, from: number, to: number): Promise<void> {
  for (let start = from; start < to; start += rowsAtOnce) {
    const made = Array.from({ length: Math.min(rowsAtOnce, to - start) }, (_, offset) =>
      generateProduct(start + offset)
    );
    await insert(
      client,
      'offer',
      made.map(({ offer }) => offer)
    );
    await insert(
      client,
      'product',
      made.map(({ product }) => product)
    );
    await insert(client, 'karma', made.map(karmaOf));
    await insert(
      client,
      'document',
      made.map(({ document }) => ({ ...document, state: 'ready', attempts: 1, next_attempt: null }))
    );
  }
}

/** Counts a day of events of every stream, minute by minute, as a broker would have told them: answers carry it. No indexer runs. */
async function count(client: pg.Client): Promise<void> {
  await client.query('truncate indexer.stream_activity');
  await client.query(
    `insert into indexer.stream_activity (stream, checked_at, next_check, events, last_event_at, recent, minute,
       per_minute, events_24h, observed_24h, served_24h, longest_gap_24h, events_30d, observed_30d, served_30d)
     select distinct stream, now, now + 3600000000, 10080, now, day, now / 60000 - 1, 7, 10080, 1440,
       '{1440,1440,1440,1440}'::int[], 0, 10080, 1440, '{1440,1440,1440,1440}'::int[]
     from indexer.product, unnest(streams) as stream, (select (extract(epoch from now()) * 1000)::bigint as now) as time,
       (select array_agg((7919 * minute) % 15) as day from generate_series(1, 1440) as minute) as counted`
  );
}

function karmaOf({ seller, karma }: GeneratedProduct): Record<string, unknown> {
  return {
    ...{ id: `${seller}-SELLER`, account: seller, role: 'SELLER', units: karma, earned: karma, taken: '0' },
    ...{ changed_at_block: 0, changed_at: 0 }
  };
}

async function insert(client: pg.Client, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {}).join(', ');
  await client.query(
    `insert into indexer.${table} (${columns}) select ${columns} from json_populate_recordset(null::indexer.${table}, $1)
     on conflict do nothing`,
    [JSON.stringify(rows)]
  );
}

/** Waits until a query counts to zero. */
async function untilNone(client: pg.Client, query: string): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ count: string }>(query);
    if (Number(rows[0]?.count) === 0) return;
    await sleep(200);
  }
}

/** Milliseconds of each request, and how many there were a second. */
async function measure(
  url: string,
  atOnce: number,
  requests: number,
  asked: readonly string[] = queries
): Promise<{ times: number[]; perSecond: number }> {
  const times: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let number = next++; number < requests; number = next++) {
        const query = asked[number % asked.length] ?? '';
        // each request from an address of its own: the limit of requests is not what is measured
        const address = `198.18.${String((number >> 8) & 255)}.${String(number & 255)}`;
        const began = performance.now();
        const response = await fetch(`${url}/v1/products?${query}`, { headers: { 'x-forwarded-for': address } });
        const text = await response.text();
        times.push(performance.now() - began);
        if (!response.ok)
          throw new StartError(`${query} was answered ${String(response.status)}: ${text.slice(0, 300)}`);
      }
    })
  );
  return {
    times: times.sort((one, other) => one - other),
    perSecond: (requests * 1_000) / (performance.now() - began)
  };
}

/** What it is without products in memory, one after another: 50 of the queries. */
async function measureRows(url: string, size: number): Promise<void> {
  const some = queries.filter((_, place) => place % 4 === 0);
  await measure(url, 2, some.length, some);
  const { times, perSecond } = await measure(url, 1, some.length, some);
  const figures = [0.5, 0.95, 0.99].map((part) => percentile(times, part)).join(' ');
  console.log(`${String(size).padStart(8)}     rows ${figures} ${perSecond.toFixed(0).padStart(11)}   as it is set up`);
}

function percentileOf(times: readonly number[], part: number): number {
  return times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0;
}

function percentile(times: readonly number[], part: number): string {
  return percentileOf(times, part).toFixed(1).padStart(8);
}

/** The slowest shapes, alone, to see what they are. */
async function slowest(url: string): Promise<void> {
  const each: { query: string; time: number; total: number }[] = [];
  for (const query of queries) {
    const asked = performance.now();
    const response = await fetch(`${url}/v1/products?${query}`, { headers: { 'x-forwarded-for': '198.19.0.1' } });
    const { total } = productPageSchema.parse(await response.json());
    each.push({ query, time: performance.now() - asked, total });
    await sleep(10);
  }
  each.sort((one, other) => other.time - one.time);
  for (const { query, time, total } of each.slice(0, 8)) {
    console.log(`  ${time.toFixed(1).padStart(7)} ms  ${String(total).padStart(7)} found  ${query}`);
  }
}

interface StartedIndexer {
  /** What it says of the products, once they are in memory. */
  readonly inMemory: Promise<string>;
  stop(): Promise<void>;
}

/** @param inMemoryMost Products that it keeps in memory. @param by Address of a Meilisearch server, to search by that. */
function startIndexer(
  databaseUrl: string,
  port: number,
  directory: string,
  inMemoryMost = usuallyInMemory,
  by = ''
): StartedIndexer {
  const child = spawn(process.execPath, ['--import', 'tsx', 'indexer/main.ts'], {
    env: {
      ...process.env,
      ...{ DATABASE_URL: databaseUrl, INDEXER_PORT: String(port), DATA_DIRECTORY: directory },
      // neither a chain nor a broker is there: what is in the tables stays as it is
      ...{ CHAIN_URL: 'http://127.0.0.1:9', BROKER_URL: 'http://127.0.0.1:9', LOG_LEVEL: 'info' },
      ...{ MEILI_URL: by, MEILI_INDEX: meilisearchIndex, SEARCH_PRODUCTS_IN_MEMORY: String(inMemoryMost) },
      ...(inMemoryMost > usuallyInMemory ? { NODE_OPTIONS: '--max-old-space-size=8000' } : {})
    },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const inMemory = new Promise<string>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = saidSchema.safeParse(JSON.parse(line));
      if (!told.success) return;
      const { products, megabytes, milliseconds } = told.data;
      resolve(`${String(products)} products in ${String(megabytes)} MB of memory after ${String(milliseconds)} ms`);
    });
  });
  return { inMemory, stop: () => endProcess(child.pid ?? 0, ['SIGTERM', 'SIGKILL'], 6_000) };
}

async function untilHealthy(url: string): Promise<void> {
  while (!(await fetch(`${url}/health`).catch(() => null))?.ok) await sleep(50);
}

/** Waits until Meilisearch finds the products. @returns milliseconds since the call. */
async function untilFilled(url: string): Promise<number> {
  const began = performance.now();
  // no chain is there of which /v1/status could tell
  while (!/^indexer_search_ready 1$/m.test(await (await fetch(`${url}/metrics`)).text())) await sleep(200);
  return performance.now() - began;
}

/** Removes what this run made on the Meilisearch server. */
async function dropIndexes(): Promise<void> {
  const { MEILI_KEY: key = '' } = process.env;
  for (const index of ['products', 'products_next', 'standing']) {
    const address = new URL(`indexes/${meilisearchIndex}_${index}`, `${meilisearch.replace(/\/$/, '')}/`);
    await fetch(address, { method: 'DELETE', headers: key === '' ? {} : { authorization: `Bearer ${key}` } });
  }
}

const saidSchema = z.object({
  msg: z.literal('products are searched in memory'),
  ...{ products: z.number(), megabytes: z.number(), milliseconds: z.number() }
});

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  chmodSync(directory, 0o711);
  const [databasePort = 0, indexerPort = 0] = await freePorts(2);
  const postgres = await startPostgres({ directory: join(directory, 'postgres'), port: databasePort });
  let indexer = startIndexer(postgres.url, indexerPort, directory);
  const url = `http://127.0.0.1:${String(indexerPort)}`;
  const client = new pg.Client({ connectionString: postgres.url });
  let ended: Promise<void> | null = null;
  // ended by hand, too, nothing is left behind: what is measured then fails, and ends a second time
  const end = () => {
    ended ??= (async () => {
      await client.end();
      await indexer.stop();
      await postgres.stop();
      rmSync(directory, { recursive: true, force: true });
      if (meilisearch !== '') await dropIndexes();
    })();
    return ended;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void end().finally(() => process.exit(1)));
  }
  try {
    await untilHealthy(url);
    await client.connect();
    console.log('products  at once   p50 ms   p95 ms   p99 ms  requests/s  x lookup');
    if (meilisearch === '') console.log('          not compared with Meilisearch: MEILI_URL is not set');
    let filled = 0;
    for (const size of sizes) {
      await fill(client, filled, size);
      filled = size;
      await untilNone(
        client,
        'select count(*) from (select from indexer.document where derived is null limit 1) as left_over'
      );
      // one that begins with these products, as after every update: it reads them into memory first
      await indexer.stop();
      await count(client);
      await client.query('vacuum analyze');
      if (size > usuallyInMemory) {
        indexer = startIndexer(postgres.url, indexerPort, directory);
        await untilHealthy(url);
        await measureRows(url, size);
        await indexer.stop();
      }
      indexer = startIndexer(postgres.url, indexerPort, directory, Math.max(size, usuallyInMemory));
      console.log(`          ${await indexer.inMemory}`);
      await untilHealthy(url);
      await measure(url, 2, queries.length);
      const medians = new Map<number, number>();
      for (const { atOnce, requests } of levels) {
        const { times, perSecond } = await measure(url, atOnce, requests);
        medians.set(atOnce, percentileOf(times, 0.5));
        const figures = [0.5, 0.95, 0.99].map((part) => percentile(times, part)).join(' ');
        const floor = await measure(url, atOnce, requests, lookUps);
        const ratio = (percentileOf(times, 0.95) / percentileOf(floor.times, 0.95)).toFixed(1);
        console.log(
          `${String(size).padStart(8)} ${String(atOnce).padStart(8)} ${figures} ${perSecond.toFixed(0).padStart(11)} ${ratio.padStart(9)}`
        );
      }
      await slowest(url);
      if (meilisearch === '') continue;
      await indexer.stop();
      indexer = startIndexer(postgres.url, indexerPort, directory, usuallyInMemory, meilisearch);
      await untilHealthy(url);
      const filledAfter = await untilFilled(url);
      console.log(`          the same by Meilisearch, filled after ${(filledAfter / 1_000).toFixed(1)} s`);
      await measure(url, 2, queries.length);
      for (const { atOnce, requests } of levels) {
        const { times, perSecond } = await measure(url, atOnce, requests);
        const figures = [0.5, 0.95, 0.99].map((part) => percentile(times, part)).join(' ');
        const ratio = (percentileOf(times, 0.5) / (medians.get(atOnce) ?? 1)).toFixed(2);
        console.log(
          `${String(size).padStart(8)} ${String(atOnce).padStart(8)} ${figures} ${perSecond.toFixed(0).padStart(11)}   ${ratio} x Postgres at p50`
        );
      }
      const metrics = await (await fetch(`${url}/metrics`)).text();
      const instead = /indexer_searches\{engine="postgres",instead_of="meilisearch"\} (\d+)/.exec(metrics)?.[1] ?? '0';
      if (instead !== '0') console.log(`          of these, Postgres answered ${instead} in its place`);
      await indexer.stop();
      indexer = startIndexer(postgres.url, indexerPort, directory);
      await untilHealthy(url);
    }
  } finally {
    await end();
  }
}

await main();
