import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEther } from 'viem';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import type { Configuration } from '#sdk/protocol/configuration';
import { deploy } from '../deploy/deploy.ts';
import { deploymentParameters } from '../deploy/parameters.ts';
import { localAccounts, localMnemonic, localPrivateKey } from './accounts.ts';
import { localAttestor, writeAttestorKey } from './attestor.ts';
import { startChain } from './chain.ts';
import { genesisHash, hasCode, payDatacoin } from './chain-state.ts';
import { PortTakenError, StartError } from './errors.ts';
import { graphNodeBinary, graphNodeElsewhere, startGraphNode } from './graph-node.ts';
import { prepareIdentity } from './identity.ts';
import { keepRunning } from './keep-running.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { takeLock } from './lock.ts';
import { portIsFree } from './ports.ts';
import { removePostgres, startPostgres } from './postgres.ts';
import type { Progress } from './progress.ts';
import { writeRelayerKey } from './relayer.ts';
import { startService } from './service.ts';
import { buildStorefront } from './web-build.ts';

/** DATAcoin that the demo wallets' faucet starts with. */
const faucetFunds = parseEther('10000000');
const neededBytes = 1024 ** 3;

export interface Part {
  readonly name: string;
  readonly where: string;
  readonly detail: string;
}

export interface Market {
  /** Fulfilled with what runs where once the market is open; rejected when a part could not be started. */
  readonly open: Promise<readonly Part[]>;
  /** Ends everything that was started, also in the middle of starting. */
  stop(): Promise<void>;
}

type Stop = () => Promise<void> | void;

/**
 * Brings up the whole market on a data folder.
 *
 * @throws StartError (at once, or through `open`) with a sentence that says what to do
 */
export function startMarket(
  configuration: Configuration,
  options: { readonly fresh: boolean },
  progress: Progress
): Market {
  const data = resolve(configuration.DATA_DIRECTORY);
  mkdirSync(data, { recursive: true });
  const unlock = takeLock(join(data, 'lock'));
  const ledger = createLedger(join(data, 'processes.json'));
  const stops: Stop[] = [];
  return {
    open: startParts(configuration, { ...options, data, ledger }, progress, stops),
    stop: async () => {
      try {
        for (const end of stops.splice(0).reverse()) await end();
      } finally {
        // whatever was being started when the end came, or did not end when asked
        await ledger.endLeftovers();
        unlock();
      }
    }
  };
}

async function startParts(
  configuration: Configuration,
  { data, fresh, ledger }: { readonly data: string; readonly fresh: boolean; readonly ledger: Ledger },
  progress: Progress,
  stops: Stop[]
): Promise<Part[]> {
  const left = await ledger.endLeftovers();
  if (left.length > 0) progress.note(`  Ended what an earlier run left behind: ${left.join(', ')}.`);
  if (fresh) await removeData(data, progress);
  const logs = join(data, 'logs');
  mkdirSync(logs, { recursive: true });
  checkDisk(data);

  const parts: Part[] = [];
  const ownChain = process.env.CHAIN_URL !== undefined && process.env.CHAIN_URL !== '';
  await checkPorts(configuration, ownChain);
  const ownDatabase = configuration.DATABASE_URL !== undefined;

  const building = progress.step('storefront', async (say) => {
    say('building');
    const pids: number[] = [];
    const built = await buildStorefront((pid) => {
      pids.push(pid);
      ledger.add('build of the storefront', pid);
    });
    for (const pid of pids) ledger.remove(pid);
    say(built ? 'built' : 'up to date');
  });
  building.catch(() => undefined);

  const database = ownDatabase
    ? configuration.DATABASE_URL
    : await progress.step('Postgres 18', async () => {
        const directory = join(data, 'postgres');
        const postgres = await keepRunning(
          'Postgres',
          () => startPostgres({ directory, port: configuration.DATABASE_PORT }),
          ledger,
          progress.note
        );
        stops.push(postgres.stop);
        return postgres.first.url;
      });
  parts.push({
    name: 'Postgres',
    where: ownDatabase ? 'DATABASE_URL' : local(configuration.DATABASE_PORT),
    detail: ''
  });

  const chainUrl = ownChain
    ? configuration.CHAIN_URL
    : await progress.step('chain', async (say) => {
        const chain = await keepRunning(
          'chain',
          () =>
            startChain({
              port: configuration.CHAIN_PORT,
              blockTime: 1,
              stateFile: join(data, 'chain', 'state.json'),
              logFile: join(logs, 'chain.log')
            }),
          ledger,
          progress.note
        );
        stops.push(chain.stop);
        say('anvil, a block every second');
        return chain.first.url;
      });
  parts.push({ name: 'chain', where: chainUrl, detail: ownChain ? '' : 'anvil, chain id 31337' });

  const deployment = await progress.step('contracts', (say) => ensureContracts(configuration, chainUrl, ownChain, say));

  const environment = {
    ...Object.fromEntries(
      Object.entries(configuration)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => [name, String(value)])
    ),
    CHAIN_URL: chainUrl,
    DATABASE_URL: database ?? '',
    DATA_DIRECTORY: data,
    DEPLOYMENT_FILE: resolve(configuration.DEPLOYMENT_FILE),
    NODE_ENV: 'production',
    ...(ownChain ? {} : { FAUCET_PRIVATE_KEY: localPrivateKey(localAccounts.faucet) })
  };
  const service = (name: string, entry: string, readyUrl?: string, extra: Record<string, string> = {}) =>
    progress.step(name, async () => {
      const started = await startService({
        name,
        entry,
        environment: { ...environment, ...extra },
        logFile: join(logs, `${name}.log`),
        ledger,
        note: progress.note,
        ...(readyUrl === undefined ? {} : { readyUrl })
      });
      stops.push(started.stop);
    });

  const helpers = ownChain ? {} : { ...writeRelayerKey(data), ...(await prepareIdentity(data, chainUrl)) };
  await Promise.all([
    service('indexer', 'indexer/main.ts', `${configuration.INDEXER_URL}/ready`, helpers),
    service('broker', 'broker/main.ts', `${configuration.BROKER_URL}/ready`, ownChain ? {} : writeAttestorKey(data))
  ]);
  parts.push({ name: 'indexer', where: configuration.INDEXER_URL, detail: 'REST, GraphQL, search, documents' });
  parts.push({ name: 'broker', where: configuration.BROKER_URL, detail: 'events, history, keys' });
  await building;
  await service('web', 'web/main.ts', `http://127.0.0.1:${String(configuration.PORT)}/market.json`);
  parts.push({ name: 'storefront', where: configuration.PUBLIC_URL, detail: 'the one origin of all of these' });
  if (configuration.LIVE_SOURCES !== 'none' && !ownChain) {
    await service('sources', 'scripts/sources/main.ts', undefined, { SELLER_MNEMONIC: localMnemonic });
    parts.push({ name: 'sources', where: 'this machine', detail: 'sellers that publish live streams' });
  }
  if (configuration.SUBGRAPH_URL === undefined) {
    parts.push(
      await progress.step('graph-node', async (say) => {
        if (graphNodeBinary() === undefined) {
          say(`no build for this platform. ${graphNodeElsewhere}`);
          return { name: 'graph-node', where: '-', detail: 'set SUBGRAPH_URL to have it' };
        }
        const graph = await keepRunning(
          'graph-node',
          () =>
            startGraphNode({
              postgresUrl: database ?? '',
              chainUrl,
              ipfsUrl: configuration.INDEXER_URL,
              deployment,
              directory: join(data, 'subgraph'),
              logFile: join(logs, 'graph-node.log'),
              port: configuration.SUBGRAPH_PORT,
              say,
              onSpawn: (pid) => {
                ledger.add('graph-node', pid);
              }
            }),
          ledger,
          progress.note
        );
        stops.push(graph.stop);
        return { name: 'graph-node', where: graph.first.url, detail: 'the subgraph' };
      })
    );
  }
  return parts;
}

async function ensureContracts(
  configuration: Configuration,
  chainUrl: string,
  ownChain: boolean,
  say: (detail: string) => void
): Promise<Deployment> {
  const file = resolve(configuration.DEPLOYMENT_FILE);
  const genesis = await genesisHash(chainUrl);
  if (existsSync(file)) {
    const recorded = deploymentSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (
      recorded.success &&
      recorded.data.genesisHash === genesis &&
      (await hasCode(chainUrl, recorded.data.contracts.DataLicense))
    ) {
      say('as deployed before');
      return recorded.data;
    }
  }
  if (ownChain) {
    throw new StartError(
      `No contracts are recorded in ${configuration.DEPLOYMENT_FILE} for the chain at CHAIN_URL. Deploy them with ` +
        '`npm run deploy`, then set DEPLOYMENT_FILE to the record that it wrote.'
    );
  }
  const deployment = await deploy({
    chainUrl,
    privateKey: localPrivateKey(localAccounts.deployer),
    parameters: { attestors: [localAttestor], ...deploymentParameters(configuration) }
  });
  await payDatacoin(chainUrl, deployment, localAccounts.faucet, faucetFunds);
  writeFileSync(file, `${JSON.stringify(deployment, null, 2)}\n`);
  say('deployed');
  return deployment;
}

async function removeData(data: string, progress: Progress): Promise<void> {
  await progress.step('fresh', async (say) => {
    await removePostgres(join(data, 'postgres'));
    for (const name of [
      'chain',
      'content',
      'issuer',
      'subgraph',
      'logs',
      'deployment.json',
      'sources.json',
      'attestor.key',
      'identity.key',
      'relayer.key'
    ]) {
      rmSync(join(data, name), { recursive: true, force: true });
    }
    say('all data removed');
  });
}

function checkDisk(data: string): void {
  const { bavail, bsize } = statfsSync(data);
  if (bavail * bsize < neededBytes) {
    throw new StartError(
      'Less than 1 GB is free on the disk that holds the data folder. Free some space, or set DATA_DIRECTORY to a folder on another disk.'
    );
  }
}

async function checkPorts(configuration: Configuration, ownChain: boolean): Promise<void> {
  const graphNode = configuration.SUBGRAPH_URL === undefined && graphNodeBinary() !== undefined;
  const needed: readonly (readonly [number, string])[] = [
    [configuration.PORT, 'PORT'],
    [configuration.BROKER_PORT, 'BROKER_PORT'],
    [configuration.INDEXER_PORT, 'INDEXER_PORT'],
    ...(ownChain ? [] : [[configuration.CHAIN_PORT, 'CHAIN_PORT'] as const]),
    ...(configuration.DATABASE_URL === undefined ? [[configuration.DATABASE_PORT, 'DATABASE_PORT'] as const] : []),
    ...(graphNode ? [0, 1, 2, 3].map((more) => [configuration.SUBGRAPH_PORT + more, 'SUBGRAPH_PORT'] as const) : [])
  ];
  for (const [port, variable] of needed) {
    if (!(await portIsFree(port))) throw new PortTakenError(port, variable);
  }
}

function local(port: number): string {
  return `127.0.0.1:${String(port)}`;
}
