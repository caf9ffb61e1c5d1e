import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { connectMarket } from '#sdk/actions/connect-market';
import { type Configuration, ConfigurationError, parseConfiguration } from '#sdk/protocol/configuration';
import { type Deployment, deploymentSchema } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import { createSellerIssuer, type IssuerProgress } from './issuer.ts';

/** Milliseconds within which it must have ended when it is asked to. */
const farewell = 4_500;
/** Milliseconds between two looks at how far it is. */
const lookInterval = 1_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Contracts, chain and broker: as configured, and else as the market says. */
async function resolve(given: Configuration): Promise<{ configuration: Configuration; deployment: Deployment }> {
  const { MARKET_URL } = given;
  if (MARKET_URL === undefined) return { configuration: given, deployment: readDeployment(given.DEPLOYMENT_FILE) };
  const market = await connectMarket(MARKET_URL);
  const { CHAIN_URL, BROKER_URL, DEPLOYMENT_FILE } = process.env;
  return {
    configuration: {
      ...given,
      CHAIN_URL: CHAIN_URL === undefined || CHAIN_URL === '' ? market.rpcUrl : given.CHAIN_URL,
      BROKER_URL: BROKER_URL === undefined || BROKER_URL === '' ? market.brokerUrl : given.BROKER_URL
    },
    deployment:
      DEPLOYMENT_FILE === undefined || DEPLOYMENT_FILE === ''
        ? market.deployment
        : readDeployment(given.DEPLOYMENT_FILE)
  };
}

function readDeployment(file: string): Deployment {
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new ConfigurationError(
      `${file} is no record of deployed contracts. Set DEPLOYMENT_FILE to the market's record, or MARKET_URL.`,
      { cause }
    );
  }
}

function describe({ block, leads, streams, waiting, undelivered, troubles }: IssuerProgress): string {
  const parts = [
    block === null ? 'chain not reached' : `block ${String(block)}`,
    leads ? 'issuing' : 'standing by',
    `${String(streams.length)} streams`,
    `${String(waiting)} waiting`,
    `${String(undelivered)} to deliver`
  ];
  return [parts.join(', '), ...troubles].join('\n  ');
}

async function main(): Promise<void> {
  const { configuration, deployment } = await resolve(parseConfiguration(process.env));
  // Progress goes to standard output, the log to standard error.
  const logger = pino({ name: 'issuer', level: configuration.LOG_LEVEL }, pino.destination(2));
  const issuer = createSellerIssuer({ configuration, deployment, logger });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), farewell).unref();
    issuer.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      }
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  await issuer.start();
  print(`The issuer is ${issuer.account}. Give it the Grant permission on the streams that it shall serve.`);
  let last = '';
  setInterval(() => {
    issuer.progress().then(
      (progress) => {
        // The block alone is no progress.
        const facts = describe({ ...progress, block: progress.block === null ? null : 0 });
        if (facts === last) return;
        last = facts;
        print(describe(progress));
      },
      (error: unknown) => {
        logger.error({ err: error }, 'the progress cannot be told');
      }
    );
  }, lookInterval);
}

main().catch((error: unknown) => {
  const text =
    error instanceof TributaryError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
