import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { WishAnswer } from '../generated/schema';
import { wishAnswerId } from './id';

/** Makes the answer. productId: the seller's address followed by the product number. */
export function createWishAnswer(
  wish: BigInt,
  number: BigInt,
  productId: Bytes,
  beneficiary: Address,
  block: ethereum.Block
): void {
  const answer = new WishAnswer(wishAnswerId(wish, number));
  answer.wish = wish.toString();
  answer.number = number;
  answer.product = productId;
  answer.seller = Bytes.fromUint8Array(productId.subarray(0, 20));
  answer.beneficiary = beneficiary;
  answer.released = BigInt.zero();
  answer.answeredAtBlock = block.number;
  answer.answeredAt = block.timestamp;
  answer.save();
}

/** Adds what was paid to it, in wei. */
export function payWishAnswer(wish: BigInt, number: BigInt, amount: BigInt): void {
  const answer = WishAnswer.load(wishAnswerId(wish, number));
  if (answer === null) return;
  answer.released = answer.released.plus(amount);
  answer.save();
}
