import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../scripts/start/ports.ts';
import { type RunningPostgres, startPostgres } from '../../scripts/start/postgres.ts';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import { type CutProxy, startCutProxy } from '../cut-proxy.ts';
import { crash } from './crash.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** Megabytes of the disk that gets full: a new cluster takes some 75, and its log of changes the rest. */
const diskSize = 400;

/** Everything that can be hurt: processes of their own, a durable Postgres, a network in between. */
export interface ChaosParts {
  readonly market: BrokerMarket;
  /** Between the programs and the broker. */
  readonly network: CutProxy;
  /** A sentence where there is no small disk. */
  readonly disk: SmallDisk | string;
  killBroker(): Promise<void>;
  startBroker(): Promise<void>;
  killPostgres(): Promise<void>;
  /** Also where it still runs. */
  startPostgres(): Promise<void>;
  stop(): Promise<void>;
}

export async function startChaosParts(): Promise<ChaosParts> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-chaos-'));
  // the account that runs Postgres must be able to pass through
  chmodSync(directory, 0o711);
  const stops: (() => Promise<void> | void)[] = [() => rmSync(directory, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const disk = await mountSmallDisk(join(directory, 'disk'), diskSize);
    if (typeof disk !== 'string') stops.push(disk.remove);
    const [port = 0] = await freePorts(1);
    const cluster = { directory: join(directory, 'disk', 'postgres'), port };
    let postgres: RunningPostgres | undefined = await startPostgres(cluster);
    const alive = watch(postgres);
    let isAlive = alive;
    stops.push(async () => postgres?.stop());
    const market = await startBrokerMarket(postgres.url);
    stops.push(market.stop);
    writeFileSync(join(market.directory, 'deployment.json'), JSON.stringify(market.deployment));
    const url = `http://127.0.0.1:${market.environment['BROKER_PORT'] ?? ''}`;
    const network = await startCutProxy(url);
    stops.push(network.stop);
    let broker: ChildProcess | undefined;
    const killBroker = async () => {
      const ending = broker;
      broker = undefined;
      if (ending?.pid !== undefined) await crash(ending.pid);
    };
    stops.push(killBroker);
    return {
      market,
      network,
      disk,
      killBroker,
      startBroker: async () => {
        broker = spawn(process.execPath, ['--import', 'tsx', 'broker/main.ts'], {
          env: { ...process.env, ...market.environment },
          stdio: ['ignore', process.env['BROKER_LOG'] === undefined ? 'ignore' : 'inherit', 'inherit']
        });
        for (;;) {
          const ready = await fetch(`${url}/ready`).catch(() => null);
          if (ready?.status === 200) return;
          await sleep(50);
        }
      },
      killPostgres: async () => {
        if (postgres !== undefined) await crash(postgres.pid);
        postgres = undefined;
      },
      startPostgres: async () => {
        if (postgres !== undefined && isAlive()) return;
        postgres = await startPostgres(cluster);
        isAlive = watch(postgres);
      },
      stop
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @returns Whether the server has not ended yet. */
function watch(postgres: RunningPostgres): () => boolean {
  let alive = true;
  void postgres.ended.then(() => (alive = false));
  return () => alive;
}
