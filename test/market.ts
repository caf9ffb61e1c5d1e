import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino, type Logger } from 'pino';
import { parseEther } from 'viem';
import { parseConfiguration, type Configuration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { createBroker, type Broker } from '../broker/broker.ts';
import { createIndexer, type Indexer } from '../indexer/indexer.ts';
import { deploy } from '../scripts/deploy/deploy.ts';
import { localAccounts, localPrivateKey } from '../scripts/start/accounts.ts';
import { payDatacoin } from '../scripts/start/chain-state.ts';
import { startChain, type RunningChain } from '../scripts/start/chain.ts';
import { freePorts } from '../scripts/start/ports.ts';
import { createMarketServer, type MarketServer } from '../web/server.ts';
import { createDatabase } from './database.ts';

export interface TestMarketOptions {
  /** Connection string of the run's Postgres: inject('databaseUrl'). */
  readonly databaseUrl: string;
  /** Seconds between blocks; absent: a block per transaction. */
  readonly blockTime?: number;
  /** With the storefront (its build must exist); the one origin is there only then. */
  readonly storefront?: boolean;
  /** Variables of the configuration beyond those that the test market sets. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A whole market of real parts in one process, on free ports, with a clock that a test can move. */
export interface TestMarket {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
  readonly chain: RunningChain;
  readonly broker: Broker;
  readonly indexer: Indexer;
  /** The one origin, where the storefront was asked for. */
  readonly url: string;
  /** Unix milliseconds as broker and indexer see them. */
  now(): number;
  /** Moves the time of services and chain ahead, and mines a block there. */
  advance(seconds: number): Promise<void>;
  /** Calls a method of the chain, also one that only a test may call. */
  rpc(method: string, ...parameters: unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

const faucetFunds = parseEther('1000000');

export async function startTestMarket(options: TestMarketOptions): Promise<TestMarket> {
  const directory = mkdtempSync(join(tmpdir(), 'tributary-market-'));
  chmodSync(directory, 0o711);
  const stops: (() => Promise<void>)[] = [
    () => {
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    }
  ];
  const stop = async () => {
    const failures: unknown[] = [];
    for (const end of stops.splice(0).reverse()) await end().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, 'parts of the market could not be stopped');
  };
  try {
    const [web = 0, chainPort = 0, brokerPort = 0, indexerPort = 0, subgraphPort = 0] = await freePorts(5);
    const database = await createDatabase(options.databaseUrl);
    stops.push(database.drop);
    const chain = await startChain({
      port: chainPort,
      ...(options.blockTime === undefined ? {} : { blockTime: options.blockTime })
    });
    stops.push(chain.stop);
    const deployment = await deploy({ chainUrl: chain.url, privateKey: localPrivateKey(localAccounts.deployer) });
    await payDatacoin(chain.url, deployment, localAccounts.faucet, faucetFunds);
    const configuration = parseConfiguration({
      DATA_DIRECTORY: directory,
      PORT: String(web),
      CHAIN_PORT: String(chainPort),
      BROKER_PORT: String(brokerPort),
      INDEXER_PORT: String(indexerPort),
      // Nothing answers there, whatever else runs on this machine.
      SUBGRAPH_PORT: String(subgraphPort),
      DATABASE_URL: database.url,
      FAUCET_PRIVATE_KEY: localPrivateKey(localAccounts.faucet),
      ...options.environment
    });
    let ahead = 0;
    const clock = () => Date.now() + ahead;
    const logger: Logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });

    const indexer = createIndexer({ configuration, deployment, logger, clock });
    await indexer.start();
    stops.push(() => indexer.stop());
    const broker = createBroker({ configuration, deployment, logger, clock });
    await broker.start();
    stops.push(() => broker.stop());
    let storefront: MarketServer | undefined;
    if (options.storefront === true) {
      storefront = await createMarketServer({ configuration, deployment, logger });
      await storefront.start();
      stops.push(() => storefront?.stop() ?? Promise.resolve());
    }

    const rpc = async (method: string, ...parameters: unknown[]): Promise<unknown> => {
      const response = await fetch(chain.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters })
      });
      const answer = (await response.json()) as { result?: unknown; error?: { message: string } };
      if (answer.error !== undefined) throw new TypeError(`${method}: ${answer.error.message}`);
      return answer.result;
    };
    return {
      configuration,
      deployment,
      chain,
      broker,
      indexer,
      url: configuration.PUBLIC_URL,
      now: clock,
      rpc,
      advance: async (seconds) => {
        ahead += seconds * 1000;
        await rpc('evm_increaseTime', seconds);
        await rpc('evm_mine');
      },
      stop
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
