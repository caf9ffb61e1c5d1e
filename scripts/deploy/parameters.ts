import type { Configuration } from '#sdk/protocol/configuration';
import { addressSchema, type Address } from '#sdk/protocol/primitives';

/** What a market is deployed with and can never change. */
export interface DeploymentParameters {
  /** Receives the fees; the deployer unless said otherwise. */
  readonly treasury?: Address;
  /** Hundredths of a per cent; 100 unless said otherwise. */
  readonly feeBasisPoints?: number;
  /** Seconds in which karma halves, an hour to a hundred years; 180 days unless said otherwise. */
  readonly karmaHalfLife?: number;
  /** Accounts whose signatures the market's delivery oracle counts, 1 to 32; the deployer unless said otherwise. */
  readonly attestors?: readonly Address[];
  /** How many of them must sign; 1 unless said otherwise. */
  readonly threshold?: number;
}

export const defaultFeeBasisPoints = 100;
export const defaultKarmaHalfLife = 180 * 86_400;

/** The parameters that the configuration names. */
export function deploymentParameters(configuration: Configuration): DeploymentParameters {
  const { TREASURY, FEE_BASIS_POINTS, KARMA_HALF_LIFE, DELIVERY_ATTESTORS, DELIVERY_THRESHOLD } = configuration;
  return {
    ...(TREASURY === undefined ? {} : { treasury: addressSchema.parse(TREASURY) }),
    feeBasisPoints: FEE_BASIS_POINTS,
    karmaHalfLife: KARMA_HALF_LIFE,
    ...(DELIVERY_ATTESTORS === undefined
      ? {}
      : { attestors: DELIVERY_ATTESTORS.split(',').map((attestor) => addressSchema.parse(attestor)) }),
    threshold: DELIVERY_THRESHOLD
  };
}
