import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, http } from 'viem';
import { deploy } from '../deploy/deploy.ts';
import { localPrivateKey } from '../start/accounts.ts';
import { startChain } from '../start/chain.ts';
import { graphNodeBinary } from '../start/graph-node.ts';
import { freePorts, freePortsInARow } from '../start/ports.ts';
import { ensureDatabase, startPostgres } from '../start/postgres.ts';
import { bareLoop } from './index/bare-loop.ts';
import { fill } from './index/fill.ts';
import { graphNodeSeconds } from './index/graph-node-seconds.ts';
import { startIndexer } from './index/indexer-process.ts';
import { visibleAfter, withoutWebSocket } from './index/latency.ts';

/**
 * How fast the indexer reads a chain full of events, beside a loop that only gets the logs, decodes them and inserts
 * them, and beside a real graph-node with the subgraph where there is one: same chain, same Postgres, same run, in turns.
 * Then how soon a new block is visible, told of over a WebSocket and looked for.
 *
 * npx tsx scripts/bench/index.ts [events]
 */

const events = Number(process.argv[2] ?? 50_000);
/** Times that each side runs, graph-node once; the best of each counts. */
const rounds = 3;
/** Blocks whose way is measured. */
const blocks = 200;

const directory = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
chmodSync(directory, 0o711);
const [chainPort = 0, databasePort = 0, indexerPort = 0] = await freePorts(3);
const postgres = await startPostgres({ directory: join(directory, 'postgres'), port: databasePort });
const chain = await startChain({ port: chainPort });
const url = `http://127.0.0.1:${String(indexerPort)}`;

/** Starts an indexer on a database of this name. */
async function indexerOn(name: string, chainUrl: string) {
  await ensureDatabase(postgres.url, name);
  const database = new URL(postgres.url);
  database.pathname = `/${name}`;
  const environment = {
    DATABASE_URL: database.href,
    CHAIN_URL: chainUrl,
    DATA_DIRECTORY: directory,
    INDEXER_PORT: String(indexerPort),
    LOG_LEVEL: 'warn'
  };
  return startIndexer(environment, url);
}

const speed = (seconds: number) => `${String(Math.round(events / seconds))} events/s`;
const percentile = (times: readonly number[], part: number) =>
  `${String(Math.round(times[Math.floor(times.length * part)] ?? 0))} ms`;

try {
  const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
  writeFileSync(join(directory, 'deployment.json'), JSON.stringify(deployment));
  const streams = await fill(chain.url, deployment, events);
  const head = Number(await createPublicClient({ transport: http(chain.url) }).getBlockNumber());
  console.log(`${String(events)} events in ${String(head)} blocks, ${String(streams)} streams`);
  const bare: number[] = [];
  const ours: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await bareLoop(chain.url, postgres.url, head));
    const indexer = await indexerOn(`bench_${String(round)}`, chain.url);
    await indexer.indexed(head);
    ours.push((performance.now() - indexer.began) / 1_000);
    await indexer.stop();
    console.log(`bare loop ${speed(bare.at(-1) ?? Infinity)}, indexer ${speed(ours.at(-1) ?? Infinity)}`);
  }
  const best = Math.min(...ours);
  const ratio = Math.min(...bare) / best;
  console.log(`indexer at ${String(Math.round(ratio * 100))} % of the bare loop (target: at least 60 %)`);

  const indexer = await indexerOn('bench_0', chain.url);
  if (graphNodeBinary() === undefined) {
    console.log('graph-node is not measured: npm carries none for this platform');
  } else {
    const port = await freePortsInARow(4);
    const seconds = await graphNodeSeconds(
      {
        ...{ postgresUrl: postgres.url, chainUrl: chain.url, ipfsUrl: indexer.url, deployment, port },
        directory: join(directory, 'subgraph')
      },
      head
    );
    console.log(
      `graph-node ${speed(seconds)}; indexer ${(seconds / best).toFixed(1)} times that (target: at least 10)`
    );
  }

  const told = await visibleAfter(chain.url, indexer.url, deployment, blocks);
  await indexer.stop();
  const quiet = await withoutWebSocket(chain.url);
  const polling = await indexerOn('bench_0', quiet.url);
  const lookedFor = await visibleAfter(chain.url, polling.url, deployment, blocks);
  await polling.stop();
  quiet.stop();
  const line = (how: string, times: readonly number[]) => {
    console.log(`mined to visible over GraphQL, ${how}: p50 ${percentile(times, 0.5)}, p95 ${percentile(times, 0.95)}`);
  };
  line('told over a WebSocket (target: p95 at most 80 ms)', told);
  line('looked for every 200 ms', lookedFor);
} finally {
  await chain.stop();
  await postgres.stop();
  rmSync(directory, { recursive: true, force: true });
}
