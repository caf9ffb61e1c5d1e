import { Hono } from 'hono';
import type { Logger } from 'pino';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import { formatEther } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { z } from 'zod';
import { thresholdDeliveryOracleAbi } from '#contracts/generated/thresholdDeliveryOracle';
import { connectAccount } from '#sdk/actions/connect-account';
import { openMarket } from '#sdk/actions/connect-market';
import type { Configuration } from '#sdk/protocol/configuration';
import type { SignedDelivery } from '#sdk/protocol/delivery';
import type { Deployment } from '#sdk/protocol/deployment';
import { type Address, addressSchema } from '#sdk/protocol/primitives';
import { TributaryError } from '#sdk/protocol/problem';
import { type ChainClient, reasonOf } from '../chain/client.ts';
import { ChainUnavailableError } from '../chain/errors.ts';
import type { ChainHead } from '../chain/head.ts';
import { migrate } from '../database/migrate.ts';
import { parseRequest } from '../http/problem-response.ts';
import { readAttestorKey } from './attestor-key.ts';
import { CountBook, type CountEvents } from './count-book.ts';
import { DepositReader } from './deposit-reader.ts';
import { DepositTable, type DueDeposit } from './deposit-table.ts';
import { AttestationsMissingError, DeliveryUnsettledError, DeliveryUnsoldError, NoAttestorError } from './errors.ts';
import { DeliveryMetrics } from './metrics.ts';
import { deliveryMigrations } from './migrations.ts';
import { type OracleTerms, Reporter } from './reporter.ts';
import { Settler } from './settler.ts';

export interface DeliveryOptions {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
  readonly client: ChainClient;
  readonly head: ChainHead;
  readonly pool: pg.Pool;
  readonly clock: () => number;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Counts what the event log holds. */
  readonly countEvents: CountEvents;
}

export interface Delivery {
  readonly routes: Hono;
  /** Reads the attestor's key. @throws AttestorKeyError */
  prepare(): Promise<void>;
  /** Makes or updates the tables. */
  migrate(): Promise<void>;
  /** Begins to judge deposits; call once the tables are there. */
  begin(): void;
  stop(): Promise<void>;
  /** What keeps the attestor from its work though the broker does its own; null if nothing does. */
  readonly warning: string | null;
}

/** Milliseconds between two looks when no block comes. */
const lookInterval = 1_000;
/** Milliseconds between two looks at the attestor's ether. */
const etherInterval = 15_000;
/** Gas that must be affordable, wei of ether at the current price: some reports and releases. */
const gasReserve = 1_000_000n;
/** Deposits looked at, at a time. */
const mostDeposits = 500;
/** Seconds for which a batch of events that was stored in time may still be on its way into the database. */
const commitTime = 2;
/** Seconds until something that failed is tried again: doubled each time. */
const firstPause = 5;
const longestPause = 600;
/** Milliseconds that stopping waits for a transaction; whether it was mined is seen at the next start. */
const farewell = 2_000;

const pathParameters = z.object({
  stream: addressSchema,
  time: z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 40 - 1)
});

interface Attestor {
  readonly reporter: Reporter;
  readonly settler: Settler;
  readonly terms: OracleTerms;
}

/**
 * The attestor: says at the market's delivery oracle how many events came, releases what they earned, and closes
 * deposits that are judged to the end. Whoever wants to can do each of these; it does them for everybody.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { configuration, deployment, client, head, pool, clock, logger } = options;
  const oracle = deployment.contracts.DeliveryOracle;
  const file = configuration.ATTESTOR_KEY_FILE;
  if (file === undefined || oracle === null) return inactive;

  const metrics = new DeliveryMetrics(options.registry);
  const table = new DepositTable(pool, deployment, oracle);
  const book = new CountBook(pool, deployment.genesisHash, options.countEvents, configuration.DELIVERY_WAIT);
  const confirmations = configuration.CONFIRMATIONS;
  const reader = new DepositReader({ client, deployment, oracle, table, confirmations });
  const peers = configuration.DELIVERY_PEERS?.split(',') ?? [];
  const lag = configuration.DELIVERY_WAIT + commitTime;
  const market = openMarket(
    {
      chainId: deployment.chainId,
      rpcUrl: configuration.CHAIN_URL.replace(/^ws/, 'http'),
      deployment,
      brokerUrl: configuration.BROKER_URL,
      marketUrl: configuration.PUBLIC_URL,
      local: deployment.chainId === 31_337
    },
    { baseUrl: configuration.PUBLIC_URL, clock }
  );

  let account: PrivateKeyAccount | undefined;
  let attestor: Attestor | null = null;
  let refused: string | null = null;
  let poor: string | null = null;
  let etherAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  /** Asks the oracle once whether it counts this attestor; it can never change its mind. */
  async function open(counting: Address, key: PrivateKeyAccount): Promise<Attestor | null> {
    if (attestor !== null || refused !== null) return attestor;
    const contract = { address: counting, abi: thresholdDeliveryOracleAbi } as const;
    const [attestors, threshold] = await Promise.all([
      client.readContract({ ...contract, functionName: 'attestors' }),
      client.readContract({ ...contract, functionName: 'threshold' })
    ]);
    const terms: OracleTerms = {
      oracle: counting,
      attestors: new Set(attestors.map((address) => addressSchema.parse(address))),
      threshold: Number(threshold)
    };
    const own = addressSchema.parse(key.address);
    if (!terms.attestors.has(own)) {
      refused = `The delivery oracle ${counting} does not count ${own}, whose key ATTESTOR_KEY_FILE holds.`;
      logger.warn(refused);
      return null;
    }
    const wallet = connectAccount({ market, account: key });
    const reporter = new Reporter({ market, wallet, terms, peers, book, metrics, logger });
    const settler = new Settler({ client, market, wallet, table, reporter, metrics, logger, confirmations });
    attestor = { reporter, settler, terms };
    logger.info({ attestor: own, oracle: counting, threshold: terms.threshold, peers: peers.length }, 'attestor works');
    return attestor;
  }

  /** Looks now and then whether the attestor can pay for gas. */
  async function checkEther(key: PrivateKeyAccount): Promise<void> {
    if (performance.now() - etherAt < etherInterval) return;
    const [balance, price] = await Promise.all([client.getBalance({ address: key.address }), client.getGasPrice()]);
    etherAt = performance.now();
    metrics.ether.set(Number(formatEther(balance)));
    metrics.open.set(await table.open());
    const before = poor;
    poor =
      balance >= price * gasReserve
        ? null
        : `The attestor ${key.address.toLowerCase()} has ${formatEther(balance)} ETH, too little for gas: send it some.`;
    if (poor !== null && before === null) logger.warn(poor);
  }

  async function round(): Promise<void> {
    if (head.unavailable !== null || account === undefined || oracle === null) return;
    const working = await open(oracle, account);
    if (working === null) return;
    await checkEther(account);
    while (!isStopped() && (await reader.step(head.head.number))) logger.debug('deposits read');
    const now = Math.floor(clock() / 1000);
    const settled = Math.min(now - lag, head.head.timestamp);
    const cohorts = new Map<string, DueDeposit[]>();
    for (const deposit of await table.due(now, mostDeposits)) {
      const key = `${deposit.offerId} ${String(deposit.since)} ${String(deposit.until)}`;
      const cohort = cohorts.get(key);
      if (cohort === undefined) cohorts.set(key, [deposit]);
      else cohort.push(deposit);
    }
    for (const deposits of cohorts.values()) {
      if (isStopped()) return;
      try {
        await working.settler.settle(deposits, { head: head.head, now, settled, lag });
      } catch (error) {
        if (isStopped()) return;
        await postpone(deposits, error);
      }
    }
  }

  /** Notes that deposits could not be judged, and when to try again; others go on. */
  async function postpone(deposits: readonly DueDeposit[], error: unknown): Promise<void> {
    const failures = Math.max(...deposits.map((deposit) => deposit.failures)) + 1;
    const pause = Math.min(firstPause * 2 ** Math.min(failures - 1, 10), longestPause);
    const reason = error instanceof TributaryError ? error.code : 'unforeseen';
    metrics.failures.inc({ reason });
    const [first] = deposits;
    // Others may still have to count, or nobody carries: that is no fault of this broker.
    const level = error instanceof AttestationsMissingError ? 'info' : 'warn';
    logger[level](
      { offerId: first?.offerId, since: first?.since, reason: reasonOf(error), again: pause },
      'deposits could not be judged'
    );
    await table.postpone(deposits, Math.floor(clock() / 1000) + pause, failures);
  }

  /** Rounds never overlap; asked for during one, the next follows at once. */
  function wake(): void {
    again = true;
    running ??= (async () => {
      while (isAsked() && !isStopped()) {
        again = false;
        try {
          await round();
        } catch (error) {
          if (!isStopped()) logger.warn({ reason: reasonOf(error) }, 'the attestor could not look at the deposits');
          break;
        }
      }
      running = null;
    })();
  }

  /** Functions, since the compiler cannot see that awaiting changes them. */
  function isStopped(): boolean {
    return stopped;
  }
  function isAsked(): boolean {
    return again;
  }

  const routes = new Hono();
  routes.get('/v1/streams/:stream/deliveries/:time', async (context) => {
    const { stream, time } = parseRequest(pathParameters, context.req.param());
    const working = account === undefined ? null : await open(oracle, account).catch(chainAway);
    if (working === null) throw new NoAttestorError();
    if (!(await table.isJudgedAt(stream, time))) throw new DeliveryUnsoldError(stream, time);
    const missing = time + lag - Math.floor(clock() / 1000);
    if (missing > 0) throw new DeliveryUnsettledError(missing);
    const { count, attestor: signer, signature } = await working.reporter.attest(stream, time);
    const answer: SignedDelivery = {
      chainId: deployment.chainId,
      oracle,
      stream,
      time,
      count: count.toString(),
      attestor: signer,
      signature
    };
    return context.json(answer);
  });

  return {
    routes,
    prepare: async () => {
      account = await readAttestorKey(file);
    },
    migrate: () => migrate(pool, 'delivery', deliveryMigrations),
    begin: () => {
      head.onChange(() => {
        wake();
        return Promise.resolve();
      });
      timer = setInterval(wake, lookInterval);
      wake();
    },
    stop: async () => {
      stopped = true;
      clearInterval(timer);
      if (running === null) return;
      let late: NodeJS.Timeout | undefined;
      const enough = new Promise<void>((resolve) => (late = setTimeout(resolve, farewell)));
      await Promise.race([running, enough]);
      clearTimeout(late);
    },
    get warning() {
      return refused ?? poor;
    }
  };
}

function chainAway(error: unknown): never {
  throw new ChainUnavailableError(`The delivery oracle could not be asked: ${reasonOf(error)} Try again in a moment.`);
}

const inactiveRoutes = new Hono();
inactiveRoutes.get('/v1/streams/:stream/deliveries/:time', () => {
  throw new NoAttestorError();
});
/** A broker without an attestor. */
const inactive: Delivery = {
  routes: inactiveRoutes,
  prepare: () => Promise.resolve(),
  migrate: () => Promise.resolve(),
  begin: () => undefined,
  stop: () => Promise.resolve(),
  warning: null
};
