import { availableParallelism } from 'node:os';
import { pino } from 'pino';
import { parseConfiguration } from '#sdk/protocol/configuration';
import { createBroker } from './broker.ts';
import { endWhenAsked, readDeployment, runMain } from './process.ts';

/** Threads that check signatures: beyond these the event loop, which does all the rest, is what is slow. */
const mostSignatureThreads = 4;

runMain(async () => {
  const configuration = parseConfiguration(process.env);
  const logger = pino({ name: 'broker', level: configuration.LOG_LEVEL });
  const broker = createBroker({
    configuration,
    deployment: readDeployment(configuration.DEPLOYMENT_FILE, 'Deploy them, or set DEPLOYMENT_FILE to the record.'),
    logger,
    limits: { signatureThreads: Math.min(mostSignatureThreads, availableParallelism()) }
  });
  endWhenAsked(() => broker.stop(), logger);
  await broker.start();
  logger.info({ url: broker.url }, 'broker listens');
});
