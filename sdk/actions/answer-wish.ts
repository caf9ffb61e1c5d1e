import { wishlistAbi } from '#contracts/generated/wishlist';
import type { Address, Hex } from '../protocol/primitives.ts';
import { eventOf, sendCall } from './send-call.ts';
import type { ActParameters } from './send-call.ts';

export interface AnswerWishParameters extends ActParameters {
  readonly wish: number;
  /** A product of the wallet's account. */
  readonly productId: Hex;
  /** Receives the stakes that are released; the wallet's account unless said otherwise. */
  readonly beneficiary?: Address;
}
export interface AnswerWishReturnType {
  readonly transactionHash: Hex;
  /** Its number within the wish, from 1. */
  readonly answer: number;
}

/**
 * Answers a wish with a product; backers can then release their stakes to it.
 *
 * @throws {@link ContractRefusedError} (WishUnknown, WishOver, NotSeller, AnswerInvalid, BeneficiaryInvalid), and as
 * {@link sendTransaction}.
 *
 * @example
 * const { answer } = await answerWish({ market, wallet, wish, productId });
 */
export async function answerWish(parameters: AnswerWishParameters): Promise<AnswerWishReturnType> {
  const { market, wallet, wish, productId, beneficiary = wallet.account.address, onStep } = parameters;
  const receipt = await sendCall({
    market,
    wallet,
    to: market.deployment.contracts.Wishlist,
    abi: wishlistAbi,
    functionName: 'answer',
    args: [BigInt(wish), productId, beneficiary],
    onStep
  });
  const { args } = eventOf(wishlistAbi, 'WishAnswered', receipt);
  return { transactionHash: receipt.transactionHash, answer: Number(args.answer) };
}
