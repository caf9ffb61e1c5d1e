import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Address, Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadLicenseParameters {
  readonly market: Market;
  readonly offerId: Hex;
  readonly account: Address;
}
export interface ReadLicenseReturnType {
  /** Unix seconds: start of the latest uninterrupted licence; 0 if there never was one. */
  readonly from: number;
  /** Unix seconds: its end; 0 if there never was one. */
  readonly until: number;
  /** Whether its holder flagged the data as bad. */
  readonly flagged: boolean;
  /** Unix seconds: time of the newest block, by which the contract counts. */
  readonly now: number;
}

/**
 * Asks the chain for an account's licence under an offer.
 *
 * @throws {@link ChainUnreachableError}
 *
 * @example
 * const { until, now } = await readLicense({ market, offerId, account });
 */
export async function readLicense({ market, offerId, account }: ReadLicenseParameters): Promise<ReadLicenseReturnType> {
  const { publicClient, deployment } = market;
  try {
    const [[from, until, flagged], block] = await Promise.all([
      publicClient.readContract({
        address: deployment.contracts.DataLicense,
        abi: dataLicenseAbi,
        functionName: 'licenseOf',
        args: [offerId, account]
      }),
      publicClient.getBlock({ includeTransactions: false })
    ]);
    return { from: Number(from), until: Number(until), flagged, now: Number(block.timestamp) };
  } catch (error) {
    throw translateChainError(error, dataLicenseAbi);
  }
}
