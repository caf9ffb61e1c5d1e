import { getAbiItem } from 'viem';
import { dataLicenseAbi } from '#contracts/generated/dataLicense';
import type { Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { searchLogs } from './search-logs.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface FindLicenseEndsParameters {
  readonly market: Market;
  readonly offerId: Hex;
}
/** Unix seconds, ascending, each once. */
export type FindLicenseEndsReturnType = readonly number[];

/**
 * The ends for which licences to an offer were ever sold, from the chain's own logs: what a seller withdraws by. A
 * licence that was renewed or ended early leaves what it had used with the end that it had, so these are all.
 *
 * @throws {@link ChainUnreachableError}
 *
 * @example
 * const ends = await findLicenseEnds({ market, offerId });
 */
export async function findLicenseEnds(parameters: FindLicenseEndsParameters): Promise<FindLicenseEndsReturnType> {
  const { market, offerId } = parameters;
  const { publicClient, deployment } = market;
  try {
    const logs = await searchLogs({
      client: publicClient,
      address: deployment.contracts.DataLicense,
      event: getAbiItem({ abi: dataLicenseAbi, name: 'LicensePurchased' }),
      args: { offerId },
      fromBlock: BigInt(deployment.startBlock),
      toBlock: await publicClient.getBlockNumber()
    });
    return [...new Set(logs.map(({ args }) => Number(args.until)))].sort((a, b) => a - b);
  } catch (error) {
    throw translateChainError(error, dataLicenseAbi);
  }
}
