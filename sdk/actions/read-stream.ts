import { zeroAddress } from 'viem';
import { streamAbi } from '#contracts/generated/stream';
import { addressSchema } from '../protocol/primitives.ts';
import type { Address } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { permissionNumber } from './stream-permission.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadStreamParameters {
  readonly market: Market;
  readonly stream: Address;
}
export interface ReadStreamReturnType {
  readonly owner: Address;
  /** Seconds per key slot. */
  readonly slotDuration: number;
  readonly partitions: number;
  readonly deleted: boolean;
  /** Anyone may read: events carry encryptionType "none". */
  readonly publicRead: boolean;
}

/**
 * Asks the chain what a publisher and a subscriber must know of a stream.
 *
 * @throws {@link ChainUnreachableError}, {@link ContractRefusedError} when there is no stream at the address.
 *
 * @example
 * const { slotDuration, publicRead } = await readStream({ market, stream });
 */
export async function readStream({ market, stream }: ReadStreamParameters): Promise<ReadStreamReturnType> {
  const contract = { address: stream, abi: streamAbi } as const;
  const { publicClient } = market;
  try {
    const [owner, slotDuration, partitions, deleted, publicRead] = await Promise.all([
      publicClient.readContract({ ...contract, functionName: 'owner' }),
      publicClient.readContract({ ...contract, functionName: 'slotDuration' }),
      publicClient.readContract({ ...contract, functionName: 'partitions' }),
      publicClient.readContract({ ...contract, functionName: 'deleted' }),
      publicClient.readContract({
        ...contract,
        functionName: 'hasPermission',
        args: [zeroAddress, permissionNumber.read]
      })
    ]);
    return { owner: addressSchema.parse(owner), slotDuration, partitions, deleted, publicRead };
  } catch (error) {
    throw translateChainError(error, streamAbi);
  }
}
