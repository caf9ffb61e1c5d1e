import { getAbiItem } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { addressSchema, type Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { searchLogs } from './search-logs.ts';
import { permissionNumber } from './stream-permission.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface FindGrantHoldersParameters {
  readonly market: Market;
  readonly stream: Address;
}
/** Accounts with a Grant permission of their own that holds now, in the order in which they were first given it. */
export type FindGrantHoldersReturnType = readonly Address[];

/**
 * Who may hand out keys of a stream beside its owner, and sell it: issuers of the seller's own, and resellers. From the
 * chain's own logs.
 *
 * @throws {@link ChainUnreachableError}; {@link ContractRefusedError} when there is no stream at the address.
 *
 * @example
 * const [issuer] = await findGrantHolders({ market, stream });
 */
export async function findGrantHolders(parameters: FindGrantHoldersParameters): Promise<FindGrantHoldersReturnType> {
  const { market, stream } = parameters;
  const { publicClient, deployment, clock } = market;
  try {
    const logs = await searchLogs({
      client: publicClient,
      address: stream,
      event: getAbiItem({ abi: streamAbi, name: 'PermissionChanged' }),
      args: { permission: permissionNumber.grant },
      fromBlock: BigInt(deployment.startBlock),
      toBlock: await publicClient.getBlockNumber()
    });
    const given = [...new Set(logs.map(({ args }) => addressSchema.parse(args.account)))];
    const ends = await Promise.all(
      given.map((account) =>
        publicClient.readContract({
          address: stream,
          abi: streamAbi,
          functionName: 'permissionUntil',
          args: [account, permissionNumber.grant]
        })
      )
    );
    // Everyone's is nobody's own.
    return given.filter((account, place) => (ends[place] ?? 0) * 1000 > clock() && !/^0x0{40}$/.test(account));
  } catch (error) {
    throw translateChainError(error, streamAbi);
  }
}
