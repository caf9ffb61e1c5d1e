import { readFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { ConfigurationError } from '#sdk/protocol/configuration';
import { type Deployment, deploymentSchema } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';

/** Milliseconds within which a process must have ended when it is asked to. */
const farewell = 4_500;

/**
 * Reads the record that deploying wrote.
 *
 * @param advice What else to set, such as "DEPLOYMENT_FILE to the record".
 * @throws ConfigurationError
 */
export function readDeployment(file: string, advice: string): Deployment {
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new ConfigurationError(`${file} is no record of deployed contracts. ${advice}`, { cause });
  }
}

/** Ends the process when it is asked to, in order where that does not take too long. */
export function endWhenAsked(stop: () => Promise<void>, logger: Logger): void {
  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(1), farewell).unref();
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'stopping failed');
        process.exit(1);
      }
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** Runs a process' main function; what it throws is told on the standard error. */
export function runMain(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    const text =
      error instanceof TributaryError || !(error instanceof Error) ? String(error) : (error.stack ?? error.message);
    process.stderr.write(`${text}\n`);
    process.exit(1);
  });
}
