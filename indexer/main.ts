import { readFile } from 'node:fs/promises';
import { pino } from 'pino';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import { createIndexer } from './indexer.ts';

/** The record of the deployed contracts cannot be read. */
class DeploymentUnreadableError extends TributaryError {
  readonly code = 'deployment-unreadable';
  readonly title = 'The deployment cannot be read';
  override readonly status = 503;
}

/** Milliseconds after which a stop is forced. */
const patience = 5_000;

async function readDeployment(file: string): Promise<Deployment> {
  try {
    return deploymentSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new DeploymentUnreadableError(
      `${file} is missing or no record of a deployment. Deploy the contracts, or set DEPLOYMENT_FILE.`,
      { cause }
    );
  }
}

const configuration = parseConfiguration(process.env);
const logger = pino({
  level: configuration.LOG_LEVEL,
  base: { part: 'indexer' },
  serializers: { error: pino.stdSerializers.err }
});
const indexer = createIndexer({
  configuration,
  deployment: () => readDeployment(configuration.DEPLOYMENT_FILE),
  logger,
  // builds the tables anew beside those that are served
  rebuild: process.argv.includes('--rebuild')
});

function stop(signal: string): void {
  logger.info({ signal }, 'stopping');
  setTimeout(() => process.exit(1), patience).unref();
  indexer.stop().then(
    () => process.exit(0),
    (error: unknown) => {
      logger.error({ error }, 'stopping failed');
      process.exit(1);
    }
  );
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);

try {
  await indexer.start();
} catch (error) {
  logger.fatal({ error }, 'the indexer could not start');
  process.exit(1);
}
