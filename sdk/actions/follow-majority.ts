import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface FollowMajorityParameters extends ActParameters {
  readonly wish: number;
  /** False takes the stake out again. */
  readonly follows: boolean;
}
export interface FollowMajorityReturnType {
  readonly transactionHash: Hex;
}

/**
 * Says whether the wallet's stake in a wish shall go where the majority of the stakes goes; a new stake does not. It can
 * be taken out at any time until the rest is paid, and put in only while no rest is proposed.
 *
 * @throws {@link ContractRefusedError} (StakeZero, RestAlreadyProposed), and as {@link sendTransaction}.
 *
 * @example
 * await followMajority({ market, wallet, wish, follows: true });
 */
export async function followMajority(parameters: FollowMajorityParameters): Promise<FollowMajorityReturnType> {
  const { market, wallet, wish, follows, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'follow',
    args: [BigInt(wish), follows],
    onStep
  });
  return { transactionHash: receipt.transactionHash };
}
