import { datacoinAbi } from '#contracts/generated/datacoin';
import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Hex } from '../protocol/primitives.ts';
import { allowPayment } from './allow-payment.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface BackWishParameters extends ActParameters {
  readonly wish: number;
  /** DATAcoin wei. */
  readonly amount: bigint;
}
export interface BackWishReturnType {
  readonly transactionHash: Hex;
  /** DATAcoin wei: the wallet's whole stake afterwards. */
  readonly stake: bigint;
}

/**
 * Puts DATAcoin behind a wish. Where the contract may not take so much yet, a first transaction approves exactly this
 * amount. The stake goes to an answer when its backer releases it, and flows back after the deadline otherwise.
 *
 * @throws {@link ContractRefusedError} (WishUnknown, WishOver, AmountZero, ERC20InsufficientBalance), and as
 * {@link sendTransaction}.
 *
 * @example
 * await backWish({ market, wallet, wish, amount: parseEther('10') });
 */
export async function backWish(parameters: BackWishParameters): Promise<BackWishReturnType> {
  const { market, wallet, wish, amount, onStep } = parameters;
  const to = market.deployment.contracts.Wishlist;
  await allowPayment({ market, wallet, spender: to, amount });
  const receipt = await sendCall({
    market,
    wallet,
    to,
    abi: wishlistAbi,
    functionName: 'back',
    args: [BigInt(wish), amount],
    errors: datacoinAbi,
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'WishBacked', receipt);
  return { transactionHash: receipt.transactionHash, stake: args.stake };
}
