import { readFile } from 'node:fs/promises';
import { deploymentSchema, type Deployment } from '#sdk/protocol/deployment';
import { TributaryError } from '#sdk/protocol/problem';

/** There is no record of the contracts for which to write the subgraph. */
class DeploymentUnreadableError extends TributaryError {
  readonly code = 'deployment-unreadable';
  readonly title = 'The record of the deployment could not be read';
}

/**
 * Reads the record of the contracts that a deployment left.
 *
 * @throws {@link DeploymentUnreadableError}
 */
export async function readDeployment(file: string): Promise<Deployment> {
  try {
    return deploymentSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new DeploymentUnreadableError(
      `${file} holds no record of a deployment (${(error as Error).message}). ` +
        'Deploy first, or set DEPLOYMENT_FILE to the record.'
    );
  }
}
