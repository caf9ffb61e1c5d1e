import { pino } from 'pino';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { TributaryError } from '#sdk/protocol/problem';
import { readDeployment } from './lib/server/market-context.ts';
import { createMarketServer } from './server.ts';

/** The storefront as a process: reads its configuration from the environment, logs JSON to stdout, stops on SIGTERM. */
async function main(): Promise<void> {
  const configuration = parseConfiguration(process.env);
  const logger = pino({ name: 'web', level: configuration.LOG_LEVEL });
  const deployment = await readDeployment(configuration.DEPLOYMENT_FILE);
  const market = await createMarketServer({ configuration, deployment, logger });
  await market.start();
  logger.info({ url: market.url, publicUrl: configuration.PUBLIC_URL, chainId: deployment.chainId }, 'listening');

  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
    void market.stop().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const reason = taken
    ? 'The port is taken. Stop what listens there, or set PORT to another one.'
    : error instanceof TributaryError
      ? `${error.title}. ${error.message}`
      : error instanceof Error
        ? error.message
        : 'unknown reason';
  pino({ name: 'web' }).fatal({ err: error }, reason);
  process.exitCode = 1;
});
