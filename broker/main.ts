import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { pino } from 'pino';
import { type Configuration, ConfigurationError, parseConfiguration } from '#sdk/protocol/configuration';
import { type Deployment, deploymentSchema } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';
import { createBroker } from './broker.ts';

/** Milliseconds within which everything taken must be stored when the process is asked to end. */
const farewell = 4_500;
/** Threads that check signatures: beyond these the event loop, which does all the rest, is what is slow. */
const mostSignatureThreads = 4;

function readDeployment(configuration: Configuration): Deployment {
  const file = configuration.DEPLOYMENT_FILE;
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new ConfigurationError(
      `${file} is no record of deployed contracts. Deploy them, or set DEPLOYMENT_FILE to the record.`,
      { cause }
    );
  }
}

async function main(): Promise<void> {
  const configuration = parseConfiguration(process.env);
  const logger = pino({ name: 'broker', level: configuration.LOG_LEVEL });
  const broker = createBroker({
    configuration,
    deployment: readDeployment(configuration),
    logger,
    limits: { signatureThreads: Math.min(mostSignatureThreads, availableParallelism()) }
  });
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), farewell).unref();
    broker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      }
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  await broker.start();
  logger.info({ url: broker.url }, 'broker listens');
}

main().catch((error: unknown) => {
  const text =
    error instanceof TributaryError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
