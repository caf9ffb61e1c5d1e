import { TributaryError } from '#sdk/protocol/problem';

/** A deploying transaction failed on the chain. */
export class DeploymentFailedError extends TributaryError {
  readonly code = 'deployment-failed';
  readonly title = 'A contract could not be deployed';
}

/** What stands on the chain is not what was deployed. */
export class DeploymentUnverifiedError extends TributaryError {
  readonly code = 'deployment-unverified';
  readonly title = 'A deployed contract does not answer as it should';
}
