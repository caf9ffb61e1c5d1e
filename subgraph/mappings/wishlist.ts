import {
  RestProposed,
  RestReleased,
  StakeFollows,
  StakeRefunded,
  StakeReleased,
  WishAnswered,
  WishBacked,
  WishMade
} from '../generated/Wishlist/Wishlist';
import { createWish, payRest, proposeRest } from '../store/wish';
import { createWishAnswer, payWishAnswer } from '../store/wish-answer';
import { followMajority, growStake, refundStake, releaseStake } from '../store/wish-stake';

export function handleWishMade(event: WishMade): void {
  createWish(event.params.wish, event.params.asker, event.params.descriptionHash, event.params.deadline, event.block);
}

export function handleWishBacked(event: WishBacked): void {
  growStake(event.params.wish, event.params.backer, event.params.amount, event.params.stake, event.block);
}

export function handleWishAnswered(event: WishAnswered): void {
  createWishAnswer(
    event.params.wish,
    event.params.answer,
    event.params.productId,
    event.params.beneficiary,
    event.block
  );
}

export function handleStakeFollows(event: StakeFollows): void {
  followMajority(event.params.wish, event.params.backer, event.params.follows, event.block);
}

export function handleStakeReleased(event: StakeReleased): void {
  releaseStake(event.params.wish, event.params.answer, event.params.backer, event.params.amount, event.block);
  payWishAnswer(event.params.wish, event.params.answer, event.params.amount);
}

export function handleRestProposed(event: RestProposed): void {
  proposeRest(event.params.wish, event.params.answer, event.params.payableAt);
}

export function handleRestReleased(event: RestReleased): void {
  payRest(event.params.wish, event.params.amount);
  payWishAnswer(event.params.wish, event.params.answer, event.params.amount);
}

export function handleStakeRefunded(event: StakeRefunded): void {
  refundStake(event.params.wish, event.params.backer, event.params.amount, event.block);
}
