import type { FactRow } from '../../schema.ts';
import type { Address } from '#sdk/protocol/primitives';
import type { FactKey, FactSet } from '../fact-set.ts';
import { wishAnswerId, wishStakeId } from './ids.ts';
import { sum, type Rules } from './rule.ts';

const wishRow = (wish: bigint): FactKey => ({ fact: 'wish', id: wish.toString() });
const answerRow = (wish: bigint, answer: bigint): FactKey => ({ fact: 'wishAnswer', id: wishAnswerId(wish, answer) });
const stakeRow = (wish: bigint, backer: Address): FactKey => ({ fact: 'wishStake', id: wishStakeId(wish, backer) });

/** Wishes, what stands behind them, and the answers to which it goes. */
export const wishRules: Rules<
  | 'WishMade'
  | 'WishBacked'
  | 'WishAnswered'
  | 'StakeFollows'
  | 'StakeReleased'
  | 'RestProposed'
  | 'RestReleased'
  | 'StakeRefunded'
> = {
  WishMade: {
    rows: ({ args }) => [wishRow(args.wish)],
    apply(facts, { args: { wish, asker, descriptionHash, deadline }, block, timestamp }) {
      const number = wish.toString();
      const row = { id: number, number, asker, descriptionHash, deadline: Number(deadline), total: '0', held: '0' };
      const rest = { following: '0', round: 0, restAnswer: null, restPayableAt: null, restReleased: '0' };
      facts.put('wish', { ...row, ...rest, madeAtBlock: block, madeAt: timestamp }, block);
      return true;
    }
  },
  WishBacked: {
    rows: ({ args }) => [wishRow(args.wish), stakeRow(args.wish, args.backer)],
    apply(facts, { args: { wish, backer, amount, stake }, block, timestamp }) {
      const known = facts.get('wish', wish.toString());
      if (known === undefined) return false;
      const id = wishStakeId(wish, backer);
      const before = facts.get('wishStake', id) ?? {
        id,
        wish: wish.toString(),
        backer,
        follows: false,
        round: 0,
        released: '0',
        refunded: '0',
        answer: null
      };
      const follows = before.follows && before.round === known.round;
      const change = {
        total: sum(known.total, amount),
        held: sum(known.held, amount),
        following: follows ? sum(known.following, amount) : known.following
      };
      facts.put('wish', { ...known, ...change }, block);
      const changed = { stake: stake.toString(), follows, changedAtBlock: block, changedAt: timestamp };
      facts.put('wishStake', { ...before, ...changed }, block);
      return true;
    }
  },
  WishAnswered: {
    rows: ({ args }) => [wishRow(args.wish), answerRow(args.wish, args.answer)],
    apply(facts, { args: { wish, answer, productId, beneficiary }, block, timestamp }) {
      if (facts.get('wish', wish.toString()) === undefined) return false;
      const row = {
        id: wishAnswerId(wish, answer),
        wish: wish.toString(),
        number: answer.toString(),
        product: productId,
        seller: productId.slice(0, 42) as Address,
        beneficiary,
        released: '0'
      };
      facts.put('wishAnswer', { ...row, answeredAtBlock: block, answeredAt: timestamp }, block);
      return true;
    }
  },
  StakeFollows: {
    rows: ({ args }) => [wishRow(args.wish), stakeRow(args.wish, args.backer)],
    apply(facts, { args: { wish, backer, follows }, block, timestamp }) {
      const known = facts.get('wish', wish.toString());
      const stake = facts.get('wishStake', wishStakeId(wish, backer));
      if (known === undefined || stake === undefined) return false;
      const amount = BigInt(stake.stake);
      facts.put('wish', { ...known, following: sum(known.following, follows ? amount : -amount) }, block);
      changeStake(facts, stake, { follows, round: known.round }, block, timestamp);
      return true;
    }
  },
  StakeReleased: {
    rows: ({ args }) => [wishRow(args.wish), answerRow(args.wish, args.answer), stakeRow(args.wish, args.backer)],
    apply(facts, { args: { wish, answer, backer, amount }, block, timestamp }) {
      const known = facts.get('wish', wish.toString());
      const answered = facts.get('wishAnswer', wishAnswerId(wish, answer));
      const stake = facts.get('wishStake', wishStakeId(wish, backer));
      if (known === undefined || answered === undefined || stake === undefined) return false;
      const change = { held: sum(known.held, -amount), following: withoutStake(known, stake, amount) };
      facts.put('wish', { ...known, ...change }, block);
      facts.put('wishAnswer', { ...answered, released: sum(answered.released, amount) }, block);
      const released = sum(stake.released, amount);
      changeStake(facts, stake, { stake: '0', follows: false, released, answer: answered.id }, block, timestamp);
      return true;
    }
  },
  RestProposed: {
    rows: ({ args }) => [wishRow(args.wish)],
    apply(facts, { args: { wish, answer, payableAt }, block }) {
      const known = facts.get('wish', wish.toString());
      if (known === undefined) return false;
      const rest = { restAnswer: wishAnswerId(wish, answer), restPayableAt: Number(payableAt) };
      facts.put('wish', { ...known, ...rest }, block);
      return true;
    }
  },
  RestReleased: {
    rows: ({ args }) => [wishRow(args.wish), answerRow(args.wish, args.answer)],
    apply(facts, { args: { wish, answer, amount }, block }) {
      const known = facts.get('wish', wish.toString());
      const answered = facts.get('wishAnswer', wishAnswerId(wish, answer));
      if (known === undefined || answered === undefined) return false;
      const change = {
        held: sum(known.held, -amount),
        following: '0',
        round: known.round + 1,
        restAnswer: null,
        restPayableAt: null,
        restReleased: sum(known.restReleased, amount)
      };
      facts.put('wish', { ...known, ...change }, block);
      facts.put('wishAnswer', { ...answered, released: sum(answered.released, amount) }, block);
      return true;
    }
  },
  StakeRefunded: {
    rows: ({ args }) => [wishRow(args.wish), stakeRow(args.wish, args.backer)],
    apply(facts, { args: { wish, backer, amount }, block, timestamp }) {
      const known = facts.get('wish', wish.toString());
      const stake = facts.get('wishStake', wishStakeId(wish, backer));
      if (known === undefined || stake === undefined) return false;
      const change = {
        total: sum(known.total, -amount),
        held: sum(known.held, -amount),
        following: withoutStake(known, stake, amount)
      };
      facts.put('wish', { ...known, ...change }, block);
      const refunded = sum(stake.refunded, amount);
      changeStake(facts, stake, { stake: '0', follows: false, refunded }, block, timestamp);
      return true;
    }
  }
};

/** What follows without a stake that leaves, whether or not it followed. */
function withoutStake({ following }: FactRow<'wish'>, { follows }: FactRow<'wishStake'>, amount: bigint): string {
  return follows ? sum(following, -amount) : following;
}

function changeStake(
  facts: FactSet,
  stake: FactRow<'wishStake'>,
  change: Partial<FactRow<'wishStake'>>,
  block: number,
  timestamp: number
): void {
  facts.put('wishStake', { ...stake, ...change, changedAtBlock: block, changedAt: timestamp }, block);
}
