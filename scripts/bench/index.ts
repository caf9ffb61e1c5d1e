import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  createPublicClient,
  createWalletClient,
  encodeFunctionData,
  http,
  parseAbi,
  parseEventLogs,
  toEventSelector,
  type AbiEvent,
  type Address,
  type Hex
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { streamAbi } from '#contracts/generated/stream';
import { streamRegistryAbi } from '#contracts/generated/streamRegistry';
import type { Deployment } from '#sdk/protocol/deployment';
import { indexStatusSchema } from '#sdk/protocol/discovery';
import { deploy } from '../deploy/deploy.ts';
import { localPrivateKey } from '../start/accounts.ts';
import { startChain } from '../start/chain.ts';
import { StartError } from '../start/errors.ts';
import { freePorts } from '../start/ports.ts';
import { ensureDatabase, startPostgres } from '../start/postgres.ts';
import { endProcess } from '../start/processes.ts';

/**
 * How fast the indexer reads a chain full of events, beside a loop that only gets the logs, decodes them and inserts
 * them, without reorganisations, entities or undoing: same chain, same Postgres, same run, in turns.
 *
 * npx tsx scripts/bench/index.ts [events]
 */

const events = Number(process.argv[2] ?? 50_000);
const streamsWanted = Math.ceil(events / 10);
/** Times that each side runs; the best of each counts. */
const rounds = 3;

const repeaterSource = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.0;
contract Repeater {
  function repeat(address target, bytes calldata payload, uint256 offset, uint256 first, uint256 count) external {
    bytes memory data = payload;
    for (uint256 i = first; i < first + count; i++) {
      if (offset != 0) assembly { mstore(add(add(data, 32), offset), i) }
      (bool done,) = target.call(data);
      require(done);
    }
  }
}`;
const repeaterAbi = parseAbi([
  'function repeat(address target, bytes payload, uint256 offset, uint256 first, uint256 count)'
]);

/** Creation code of the contract that repeats calls, so that one transaction makes many events. */
function compileRepeater(): Hex {
  const solc = createRequire(import.meta.url)('solc') as { compile(input: string): string };
  const input = {
    language: 'Solidity',
    sources: { Repeater: { content: repeaterSource } },
    settings: { outputSelection: { '*': { '*': ['evm.bytecode.object'] } } }
  };
  const output: unknown = JSON.parse(solc.compile(JSON.stringify(input)));
  const bytecode = z.object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) });
  const parsed = z.object({ contracts: z.object({ Repeater: z.object({ Repeater: bytecode }) }) }).parse(output);
  return `0x${parsed.contracts.Repeater.Repeater.evm.bytecode.object}`;
}

/** Fills a chain: a tenth of the events create streams, the others change permissions on them. */
async function fill(chainUrl: string, deployment: Deployment): Promise<void> {
  const transport = http(chainUrl);
  const reader = createPublicClient({ transport, pollingInterval: 20, cacheTime: 0 });
  const wallet = createWalletClient({ transport, account: privateKeyToAccount(localPrivateKey(1)) });
  const confirmed = async (hash: Hex) => {
    const receipt = await reader.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success') throw new StartError(`Transaction ${hash} failed.`);
    return receipt;
  };
  const created = await confirmed(await wallet.sendTransaction({ data: compileRepeater(), chain: null }));
  const repeater = created.contractAddress;
  if (!repeater) throw new StartError('The contract that repeats calls was not created.');
  const repeat = async (target: Address, payload: Hex, offset: bigint, first: number, count: number) =>
    confirmed(
      await wallet.writeContract({
        address: repeater,
        abi: repeaterAbi,
        functionName: 'repeat',
        args: [target, payload, offset, BigInt(first), BigInt(count)],
        chain: null,
        gas: 16_000_000n
      })
    );
  const create = encodeFunctionData({
    abi: streamRegistryAbi,
    functionName: 'createStream',
    args: ['A stream of the bench', '', 60, 1]
  });
  const streams: Address[] = [];
  while (streams.length < streamsWanted) {
    const count = Math.min(100, streamsWanted - streams.length);
    const { logs } = await repeat(deployment.contracts.StreamRegistry, create, 0n, 0, count);
    for (const { args } of parseEventLogs({ abi: streamRegistryAbi, eventName: 'StreamCreated', logs })) {
      streams.push(args.stream);
    }
  }
  const grant = encodeFunctionData({
    abi: streamAbi,
    functionName: 'setPermission',
    args: [repeater, 1, 2 ** 40 - 1]
  });
  for (let made = streams.length, number = 0; made < events; number += 1) {
    const count = Math.min(250, events - made);
    const stream = streams[number % streams.length];
    // the account is the first argument: it stands after the selector
    if (stream !== undefined) await repeat(stream, grant, 4n, 1 + made, count);
    made += count;
  }
}

/** Seconds of the bare loop. */
async function bareLoop(chainUrl: string, databaseUrl: string, head: number): Promise<number> {
  const client = createPublicClient({ transport: http(chainUrl) });
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  try {
    await database.query(`drop table if exists bare_log; create table bare_log
      (block bigint, log_index int, address text, name text, arguments jsonb, primary key (block, log_index))`);
    const wanted: AbiEvent[] = [...streamRegistryAbi, ...streamAbi].filter(
      ({ type }) => type === 'event'
    ) as AbiEvent[];
    const selectors = new Set(wanted.map((event) => toEventSelector(event)));
    const began = performance.now();
    for (let from = 0; from <= head; from += 20) {
      const logs = await client.getLogs({
        events: wanted,
        fromBlock: BigInt(from),
        toBlock: BigInt(Math.min(head, from + 19))
      });
      const rows = logs
        .filter(({ topics: [selector] }) => selector !== undefined && selectors.has(selector))
        .map((log) => ({
          block: Number(log.blockNumber),
          log_index: log.logIndex,
          address: log.address,
          name: log.eventName,
          arguments: log.args
        }));
      const json = JSON.stringify(rows, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
      await database.query('insert into bare_log select * from json_populate_recordset(null::bare_log, $1)', [json]);
    }
    return (performance.now() - began) / 1_000;
  } finally {
    await database.end();
  }
}

/** Seconds of the indexer, from its first answer over HTTP to the last block being visible. */
async function indexer(environment: NodeJS.ProcessEnv, url: string, head: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'indexer/main.ts'], {
    env: { ...process.env, ...environment },
    stdio: 'ignore'
  });
  const ask = async (path: string) => {
    try {
      return await fetch(url + path);
    } catch {
      return null;
    }
  };
  try {
    while ((await ask('/health')) === null) await sleep(5);
    const began = performance.now();
    for (;;) {
      const answer = await ask('/v1/status');
      if (answer?.ok === true && (indexStatusSchema.parse(await answer.json()).indexed?.number ?? -1) >= head) {
        return (performance.now() - began) / 1_000;
      }
      await sleep(20);
    }
  } finally {
    await endProcess(child.pid ?? 0, ['SIGTERM', 'SIGKILL'], 6_000);
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  chmodSync(directory, 0o711);
  const [chainPort = 0, databasePort = 0, indexerPort = 0] = await freePorts(3);
  const postgres = await startPostgres({ directory: join(directory, 'postgres'), port: databasePort });
  const chain = await startChain({ port: chainPort });
  try {
    const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
    writeFileSync(join(directory, 'deployment.json'), JSON.stringify(deployment));
    await fill(chain.url, deployment);
    const head = Number(await createPublicClient({ transport: http(chain.url) }).getBlockNumber());
    console.log(`${String(events)} events in ${String(head)} blocks, ${String(streamsWanted)} streams`);
    const bare: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await bareLoop(chain.url, postgres.url, head));
      const name = `bench_${String(round)}`;
      await ensureDatabase(postgres.url, name);
      const database = new URL(postgres.url);
      database.pathname = `/${name}`;
      const environment = {
        DATABASE_URL: database.href,
        CHAIN_URL: chain.url,
        DATA_DIRECTORY: directory,
        INDEXER_PORT: String(indexerPort),
        LOG_LEVEL: 'warn'
      };
      ours.push(await indexer(environment, `http://127.0.0.1:${String(indexerPort)}`, head));
      const speed = (seconds: number | undefined) => `${String(Math.round(events / (seconds ?? Infinity)))} events/s`;
      console.log(`bare loop ${speed(bare.at(-1))}, indexer ${speed(ours.at(-1))}`);
    }
    const ratio = Math.min(...bare) / Math.min(...ours);
    console.log(`indexer at ${String(Math.round(ratio * 100))} % of the bare loop (target: at least 60 %)`);
  } finally {
    await chain.stop();
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

await main();
