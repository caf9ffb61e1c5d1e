import { wishlistAbi } from '#contracts/generated/wishlist';
import { addressSchema, bytes32Schema } from '../protocol/primitives.ts';
import type { Address, Hex } from '../protocol/primitives.ts';
import type { Market } from './connect-market.ts';
import { translateChainError } from './translate-chain-error.ts';

export interface ReadWishParameters {
  readonly market: Market;
  readonly wish: number;
  /** Whose stake is asked for. */
  readonly backer?: Address;
}
export interface ReadWishReturnType {
  readonly asker: Address;
  /** SHA-256 of the description. */
  readonly descriptionHash: Hex;
  /** Unix seconds. */
  readonly deadline: number;
  /** DATAcoin wei: all stakes ever made that were not refunded, and how much of them is still held. */
  readonly total: bigint;
  readonly held: bigint;
  /** The proposal for the rest; undefined where there is none. */
  readonly rest: { readonly answer: number; readonly payableAt: number } | undefined;
  /** DATAcoin wei of the backer that are still held; 0n where no backer was named. */
  readonly stake: bigint;
}

/**
 * Asks the chain for a wish.
 *
 * @throws {@link ContractRefusedError} (WishUnknown), {@link ChainUnreachableError}
 *
 * @example
 * const { total, deadline } = await readWish({ market, wish: 1 });
 */
export async function readWish({ market, wish, backer }: ReadWishParameters): Promise<ReadWishReturnType> {
  const contract = { address: market.deployment.contracts.Wishlist, abi: wishlistAbi } as const;
  try {
    const [[asker, descriptionHash, deadline, total, held, proposed, payableAt], stake] = await Promise.all([
      market.publicClient.readContract({ ...contract, functionName: 'wishOf', args: [BigInt(wish)] }),
      backer === undefined
        ? 0n
        : market.publicClient.readContract({ ...contract, functionName: 'stakeOf', args: [BigInt(wish), backer] })
    ]);
    return {
      asker: addressSchema.parse(asker),
      descriptionHash: bytes32Schema.parse(descriptionHash),
      deadline: Number(deadline),
      total,
      held,
      rest: proposed === 0n ? undefined : { answer: Number(proposed), payableAt: Number(payableAt) },
      stake
    };
  } catch (error) {
    throw translateChainError(error, wishlistAbi);
  }
}
