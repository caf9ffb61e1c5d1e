import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface ReleaseRestParameters extends ActParameters {
  readonly wish: number;
}
export interface ReleaseRestReturnType {
  readonly transactionHash: Hex;
  /** DATAcoin wei. */
  readonly amount: bigint;
}

/**
 * Pays the stakes that still follow to the answer that was proposed, once the time for objections is over. Anybody may.
 *
 * @throws {@link ContractRefusedError} (RestNotProposed, ObjectionPeriod), and as {@link sendTransaction}.
 *
 * @example
 * await releaseRest({ market, wallet, wish });
 */
export async function releaseRest(parameters: ReleaseRestParameters): Promise<ReleaseRestReturnType> {
  const { market, wallet, wish, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'releaseRest',
    args: [BigInt(wish)],
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'RestReleased', receipt);
  return { transactionHash: receipt.transactionHash, amount: args.amount };
}
