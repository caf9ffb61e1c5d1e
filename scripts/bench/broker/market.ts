import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { privateKeyToAccount } from 'viem/accounts';
import { WebSocket } from 'ws';
import { connectAccount } from '#sdk/actions/connect-account';
import { openMarket } from '#sdk/actions/connect-market';
import { createStream } from '#sdk/actions/create-stream';
import { setStreamPermission } from '#sdk/actions/set-stream-permission';
import type { Address, Hex } from '#sdk/protocol/primitives';
import { deploy } from '../../deploy/deploy.ts';
import { localPrivateKey } from '../../start/accounts.ts';
import { startChain } from '../../start/chain.ts';
import { StartError } from '../../start/errors.ts';
import { freePorts } from '../../start/ports.ts';
import { startPostgres } from '../../start/postgres.ts';
import { endProcess } from '../../start/processes.ts';

/** A broker as `npm start` runs it: a process of its own, over a durable Postgres and a chain. */
export interface BenchMarket {
  /** http://127.0.0.1:<port> */
  readonly brokerUrl: string;
  readonly databaseUrl: string;
  /** The account that owns the streams. */
  readonly privateKey: Hex;
  /** Creates a stream that everybody may read, so that what is measured needs no session. */
  createPublicStream(name: string, partitions: number): Promise<Address>;
  /** Seconds of processor time that the broker has used; 0 where the platform does not tell. */
  brokerCpu(): number;
  /** The same of the database, all its processes together. */
  databaseCpu(): number;
  stop(): Promise<void>;
}

/** @throws StartError when a part does not start. */
export async function startBenchMarket(): Promise<BenchMarket> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  // the account that runs Postgres must be able to pass through
  chmodSync(directory, 0o711);
  const stops: (() => Promise<void> | void)[] = [
    () => {
      rmSync(directory, { recursive: true, force: true });
    }
  ];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const [databasePort = 0, chainPort = 0, brokerPort = 0] = await freePorts(3);
    const postgres = await startPostgres({ directory: join(directory, 'postgres'), port: databasePort });
    stops.push(postgres.stop);
    const chain = await startChain({ port: chainPort });
    stops.push(chain.stop);
    const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(0) });
    writeFileSync(join(directory, 'deployment.json'), JSON.stringify(deployment));
    const brokerUrl = `http://127.0.0.1:${String(brokerPort)}`;
    const broker = spawn(
      process.execPath,
      [...(process.env['BROKER_NODE_OPTIONS']?.split(' ') ?? []), '--import', 'tsx', 'broker/main.ts'],
      {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          NODE_ENV: 'production',
          DATA_DIRECTORY: directory,
          CHAIN_URL: chain.url,
          DATABASE_URL: postgres.url,
          BROKER_PORT: String(brokerPort),
          LOG_LEVEL: process.env['BROKER_LOG'] ?? 'silent'
        }
      }
    );
    stops.push(() => endProcess(broker.pid ?? 0, ['SIGTERM', 'SIGKILL'], 10_000));
    await untilReady(brokerUrl, broker);

    const privateKey = localPrivateKey(1);
    const market = openMarket(
      { chainId: deployment.chainId, rpcUrl: chain.url, deployment, brokerUrl, marketUrl: brokerUrl, local: true },
      { baseUrl: brokerUrl, webSocket: WebSocket }
    );
    const wallet = connectAccount({ market, account: privateKeyToAccount(privateKey) });
    return {
      brokerUrl,
      databaseUrl: postgres.url,
      privateKey,
      createPublicStream: async (name, partitions) => {
        const { stream } = await createStream({ market, wallet, name, partitions });
        await setStreamPermission({ market, wallet, stream, account: 'everyone', permission: 'read' });
        return stream;
      },
      brokerCpu: () => cpuSeconds(broker.pid ?? 0),
      databaseCpu: () => [postgres.pid, ...childrenOf(postgres.pid)].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
      stop
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilReady(url: string, broker: ChildProcess): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end && broker.exitCode === null;) {
    const answer = await fetch(`${url}/ready`).catch(() => null);
    if (answer?.status === 200) return;
    await sleep(50);
  }
  throw new StartError('The broker did not become ready within a minute. BROKER_LOG=info shows what it says.');
}

function childrenOf(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8');
    return children.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** User and system time of a process and its threads, in seconds; 0 where there is no /proc. */
export function cpuSeconds(pid: number): number {
  try {
    // proc(5): fields 14 and 15 behind the name, which may hold blanks, in ticks of a hundredth of a second
    const fields =
      readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .split(') ')
        .at(-1)
        ?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}
