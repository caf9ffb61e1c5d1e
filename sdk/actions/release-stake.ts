import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface ReleaseStakeParameters extends ActParameters {
  readonly wish: number;
  /** Number of the answer within the wish. */
  readonly answer: number;
}
export interface ReleaseStakeReturnType {
  readonly transactionHash: Hex;
  /** DATAcoin wei. */
  readonly amount: bigint;
}

/**
 * Pays the wallet's stake in a wish to an answer, for good.
 *
 * @throws {@link ContractRefusedError} (WishUnknown, AnswerUnknown, StakeZero), and as {@link sendTransaction}.
 *
 * @example
 * await releaseStake({ market, wallet, wish, answer });
 */
export async function releaseStake(parameters: ReleaseStakeParameters): Promise<ReleaseStakeReturnType> {
  const { market, wallet, wish, answer, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'release',
    args: [BigInt(wish), BigInt(answer)],
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'StakeReleased', receipt);
  return { transactionHash: receipt.transactionHash, amount: args.amount };
}
