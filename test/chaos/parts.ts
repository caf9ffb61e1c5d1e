import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../../scripts/start/ports.ts';
import { type RunningPostgres, startPostgres } from '../../scripts/start/postgres.ts';
import { issuerSchema } from '#sdk/protocol/grant';
import type { Address } from '#sdk/protocol/primitives';
import { type BrokerMarket, startBrokerMarket } from '../broker-market.ts';
import { type CutProxy, startCutProxy } from '../cut-proxy.ts';
import { createDatabase } from '../database.ts';
import { crash } from './crash.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** Megabytes of the disk that gets full: a new cluster takes some 75, and its log of changes the rest. */
const diskSize = 400;

/** Account whose streams the issuer serves, where it is let. */
export const seller = 1;

/** Everything that can be hurt: processes of their own, a durable Postgres, a network in between. */
export interface ChaosParts {
  readonly market: BrokerMarket;
  /** Between the programs and the broker. */
  readonly network: CutProxy;
  /** A sentence where there is no small disk. */
  readonly disk: SmallDisk | string;
  killBroker(): Promise<void>;
  startBroker(): Promise<void>;
  killIssuer(): Promise<void>;
  /** The seller's own issuer, with its tables in the same Postgres. @returns Its account. */
  startIssuer(): Promise<Address>;
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
    const [port = 0, issuerPort = 0] = await freePorts(2);
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
    const broker = new Program('broker/main.ts', `${url}/ready`, market.environment);
    stops.push(broker.kill);
    const issued = await createDatabase(postgres.url);
    const issuerUrl = `http://127.0.0.1:${String(issuerPort)}/v1/issuer`;
    const issuer = new Program('broker/issuer-main.ts', issuerUrl, {
      ...market.environment,
      DATA_DIRECTORY: join(directory, 'issuer'),
      DEPLOYMENT_FILE: join(market.directory, 'deployment.json'),
      DATABASE_URL: issued.url,
      BROKER_URL: network.url,
      ISSUER_PORT: String(issuerPort),
      SELLER_ACCOUNTS: market.actors.account(seller).address
    });
    stops.push(issuer.kill);
    return {
      market,
      network,
      disk,
      killBroker: broker.kill,
      startBroker: async () => {
        await broker.start();
      },
      killIssuer: issuer.kill,
      startIssuer: async () => issuerSchema.parse(await (await issuer.start()).json()).issuer,
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

/** A part of the market as a process of its own. */
class Program {
  private readonly entry: string;
  private readonly readyUrl: string;
  private readonly environment: Readonly<Record<string, string>>;
  private running: ChildProcess | undefined;

  constructor(entry: string, readyUrl: string, environment: Readonly<Record<string, string>>) {
    this.entry = entry;
    this.readyUrl = readyUrl;
    this.environment = environment;
  }

  /** @returns What it answers once it is ready. */
  async start(): Promise<Response> {
    this.running = spawn(process.execPath, ['--import', 'tsx', this.entry], {
      env: { ...process.env, ...this.environment },
      stdio: ['ignore', process.env['BROKER_LOG'] === undefined ? 'ignore' : 'inherit', 'inherit']
    });
    for (;;) {
      const ready = await fetch(this.readyUrl).catch(() => null);
      if (ready?.status === 200) return ready;
      await sleep(50);
    }
  }

  readonly kill = async (): Promise<void> => {
    const ending = this.running;
    this.running = undefined;
    if (ending?.pid !== undefined) await crash(ending.pid);
  };
}

/** @returns Whether the server has not ended yet. */
function watch(postgres: RunningPostgres): () => boolean {
  let alive = true;
  void postgres.ended.then(() => (alive = false));
  return () => alive;
}
