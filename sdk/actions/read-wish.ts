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
  /** DATAcoin wei of it that follow the majority: what would be paid as the rest. */
  readonly following: bigint;
  /** The proposal for the rest; undefined where there is none that is not paid yet. */
  readonly rest: { readonly answer: number; readonly payableAt: number } | undefined;
  /** DATAcoin wei of the backer that are still held; 0n where no backer was named. */
  readonly stake: bigint;
  /** Whether the backer's stake follows the majority. */
  readonly follows: boolean;
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
    const args = [BigInt(wish)] as const;
    const ofBacker = backer === undefined ? undefined : ([BigInt(wish), backer] as const);
    const [[asker, descriptionHash, deadline, total, held, proposed, payableAt], following, stake, follows] =
      await Promise.all([
        market.publicClient.readContract({ ...contract, functionName: 'wishOf', args }),
        market.publicClient.readContract({ ...contract, functionName: 'restOf', args }),
        ofBacker && market.publicClient.readContract({ ...contract, functionName: 'stakeOf', args: ofBacker }),
        ofBacker && market.publicClient.readContract({ ...contract, functionName: 'follows', args: ofBacker })
      ]);
    return {
      asker: addressSchema.parse(asker),
      descriptionHash: bytes32Schema.parse(descriptionHash),
      deadline: Number(deadline),
      total,
      held,
      following,
      rest: proposed === 0n ? undefined : { answer: Number(proposed), payableAt: Number(payableAt) },
      stake: stake ?? 0n,
      follows: follows ?? false
    };
  } catch (error) {
    throw translateChainError(error, wishlistAbi);
  }
}
