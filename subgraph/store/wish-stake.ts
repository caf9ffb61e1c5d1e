import { Address, BigInt, ethereum } from '@graphprotocol/graph-ts';
import { Wish, WishStake } from '../generated/schema';
import { wishAnswerId, wishStakeId } from './id';
import { backWish, followWish, leaveWish } from './wish';

/** Somebody put more behind a wish. stake: the backer's afterwards; both in wei. */
export function growStake(number: BigInt, backer: Address, amount: BigInt, stake: BigInt, block: ethereum.Block): void {
  const wish = Wish.load(number.toString());
  if (wish === null) return;
  const id = wishStakeId(number, backer);
  let grown = WishStake.load(id);
  if (grown === null) {
    grown = new WishStake(id);
    grown.wish = wish.id;
    grown.backer = backer;
    grown.follows = false;
    grown.round = 0;
    grown.released = BigInt.zero();
    grown.refunded = BigInt.zero();
    grown.answer = null;
  }
  grown.stake = stake;
  // one that followed in an earlier round was paid as part of the rest, and this is a new one
  grown.follows = grown.follows && grown.round == wish.round;
  grown.changedAtBlock = block.number;
  grown.changedAt = block.timestamp;
  grown.save();
  backWish(wish, amount, grown.follows);
}

/** A stake follows the majority, or no longer does. */
export function followMajority(number: BigInt, backer: Address, follows: boolean, block: ethereum.Block): void {
  const wish = Wish.load(number.toString());
  const stake = WishStake.load(wishStakeId(number, backer));
  if (wish === null || stake === null) return;
  followWish(wish, stake, follows);
  stake.follows = follows;
  stake.round = wish.round;
  stake.changedAtBlock = block.number;
  stake.changedAt = block.timestamp;
  stake.save();
}

/** A stake was paid to an answer, in wei. */
export function releaseStake(
  number: BigInt,
  answer: BigInt,
  backer: Address,
  amount: BigInt,
  block: ethereum.Block
): void {
  const wish = Wish.load(number.toString());
  const stake = WishStake.load(wishStakeId(number, backer));
  if (wish === null || stake === null) return;
  leaveWish(wish, stake, amount, false);
  stake.released = stake.released.plus(amount);
  stake.answer = wishAnswerId(number, answer);
  emptyStake(stake, block);
}

/** A stake flowed back, in wei. */
export function refundStake(number: BigInt, backer: Address, amount: BigInt, block: ethereum.Block): void {
  const wish = Wish.load(number.toString());
  const stake = WishStake.load(wishStakeId(number, backer));
  if (wish === null || stake === null) return;
  leaveWish(wish, stake, amount, true);
  stake.refunded = stake.refunded.plus(amount);
  emptyStake(stake, block);
}

function emptyStake(stake: WishStake, block: ethereum.Block): void {
  stake.stake = BigInt.zero();
  stake.follows = false;
  stake.changedAtBlock = block.number;
  stake.changedAt = block.timestamp;
  stake.save();
}
