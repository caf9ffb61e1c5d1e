import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { parseConfiguration, type Configuration } from '#sdk/protocol/configuration';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';

/** What every page needs to know of the market that it belongs to. */
export interface MarketContext {
  readonly configuration: Configuration;
  readonly deployment: Deployment;
}

/** The record of the deployed contracts is missing or not readable. */
export class DeploymentUnreadableError extends TributaryError {
  readonly code = 'deployment-unreadable';
  readonly title = 'The record of the deployed contracts cannot be read';
  override readonly status = 503;
}

/**
 * Reads the record that deploying wrote.
 *
 * @throws {@link DeploymentUnreadableError}
 */
export async function readDeployment(file: string): Promise<Deployment> {
  try {
    return deploymentSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new DeploymentUnreadableError(
      `Deploy the contracts first, or let DEPLOYMENT_FILE name the record that deploying wrote; ${file} is not one.`,
      { cause }
    );
  }
}

// The pages are a bundle of their own, so server.ts and they cannot share a module's variables; a registered symbol
// on the request is known to both.
const key = Symbol.for('tributary.market-context');

/** Hands the context to the pages that answer this request. */
export function attachMarketContext(request: IncomingMessage, context: MarketContext): void {
  Reflect.set(request, key, context);
}

let fromEnvironment: Promise<MarketContext> | undefined;

/** The context that server.ts attached; under the development server, which has none, the environment's. */
export function marketContextOf(request: IncomingMessage | undefined): Promise<MarketContext> {
  const attached: unknown = request === undefined ? undefined : Reflect.get(request, key);
  if (attached !== undefined) return Promise.resolve(attached as MarketContext);
  fromEnvironment ??= (async () => {
    const configuration = parseConfiguration(process.env);
    return { configuration, deployment: await readDeployment(configuration.DEPLOYMENT_FILE) };
  })().catch((error: unknown) => {
    fromEnvironment = undefined;
    throw error;
  });
  return fromEnvironment;
}
