import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface RefundStakeParameters extends ActParameters {
  readonly wish: number;
}
export interface RefundStakeReturnType {
  readonly transactionHash: Hex;
  /** DATAcoin wei. */
  readonly amount: bigint;
}

/**
 * Takes the wallet's stake in a wish back: after its deadline, or as an objection while the rest is proposed to follow.
 *
 * @throws {@link ContractRefusedError} (WishOpen, StakeZero), and as {@link sendTransaction}.
 *
 * @example
 * await refundStake({ market, wallet, wish });
 */
export async function refundStake(parameters: RefundStakeParameters): Promise<RefundStakeReturnType> {
  const { market, wallet, wish, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'refund',
    args: [BigInt(wish)],
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'StakeRefunded', receipt);
  return { transactionHash: receipt.transactionHash, amount: args.amount };
}
