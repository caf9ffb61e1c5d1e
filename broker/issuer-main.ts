import { pino } from 'pino';
import { connectMarket } from '#sdk/actions/connect-market';
import { type Configuration, parseConfiguration } from '#sdk/protocol/configuration';
import type { Deployment } from '#sdk/protocol/deployment';
import { createSellerIssuer, type IssuerProgress } from './issuer.ts';
import { endWhenAsked, readDeployment, runMain } from './process.ts';

/** What helps where the record of the contracts is missing. */
const advice = "Set DEPLOYMENT_FILE to the market's record, or MARKET_URL.";
/** Milliseconds between two looks at how far it is. */
const lookInterval = 1_000;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Contracts, chain and broker: as configured, and else as the market says. */
async function resolve(given: Configuration): Promise<{ configuration: Configuration; deployment: Deployment }> {
  const { MARKET_URL } = given;
  if (MARKET_URL === undefined)
    return { configuration: given, deployment: readDeployment(given.DEPLOYMENT_FILE, advice) };
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
        : readDeployment(given.DEPLOYMENT_FILE, advice)
  };
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

runMain(async () => {
  const { configuration, deployment } = await resolve(parseConfiguration(process.env));
  // Progress goes to standard output, the log to standard error.
  const logger = pino({ name: 'issuer', level: configuration.LOG_LEVEL }, pino.destination(2));
  const issuer = createSellerIssuer({ configuration, deployment, logger });
  endWhenAsked(() => issuer.stop(), logger);
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
});
