import { Address, BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Wish, WishStake } from '../generated/schema';
import { wishAnswerId } from './id';

/** Makes the wish. deadline in Unix seconds. */
export function createWish(
  number: BigInt,
  asker: Address,
  descriptionHash: Bytes,
  deadline: BigInt,
  block: ethereum.Block
): void {
  const wish = new Wish(number.toString());
  wish.number = number;
  wish.asker = asker;
  wish.descriptionHash = descriptionHash;
  wish.deadline = deadline;
  wish.total = BigInt.zero();
  wish.held = BigInt.zero();
  wish.following = BigInt.zero();
  wish.round = 0;
  wish.restAnswer = null;
  wish.restPayableAt = null;
  wish.restReleased = BigInt.zero();
  wish.madeAtBlock = block.number;
  wish.madeAt = block.timestamp;
  wish.save();
}

/** Adds what was put behind it, in wei. follows: whether the stake that grows follows the majority. */
export function backWish(wish: Wish, amount: BigInt, follows: boolean): void {
  wish.total = wish.total.plus(amount);
  wish.held = wish.held.plus(amount);
  if (follows) wish.following = wish.following.plus(amount);
  wish.save();
}

/** A stake follows the majority, or no longer does. */
export function followWish(wish: Wish, stake: WishStake, follows: boolean): void {
  wish.following = follows ? wish.following.plus(stake.stake) : wish.following.minus(stake.stake);
  wish.save();
}

/** A stake leaves, in wei: to an answer, or back to its backer. */
export function leaveWish(wish: Wish, stake: WishStake, amount: BigInt, isRefund: boolean): void {
  if (isRefund) wish.total = wish.total.minus(amount);
  wish.held = wish.held.minus(amount);
  if (stake.follows) wish.following = wish.following.minus(amount);
  wish.save();
}

/** Notes where the rest is to go, and from when. */
export function proposeRest(number: BigInt, answer: BigInt, payableAt: BigInt): void {
  const wish = Wish.load(number.toString());
  if (wish === null) return;
  wish.restAnswer = wishAnswerId(number, answer);
  wish.restPayableAt = payableAt;
  wish.save();
}

/** The rest was paid, in wei: stakes that followed are spent. */
export function payRest(number: BigInt, amount: BigInt): void {
  const wish = Wish.load(number.toString());
  if (wish === null) return;
  wish.held = wish.held.minus(amount);
  wish.following = BigInt.zero();
  wish.round += 1;
  wish.restAnswer = null;
  wish.restPayableAt = null;
  wish.restReleased = wish.restReleased.plus(amount);
  wish.save();
}
