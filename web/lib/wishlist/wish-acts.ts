import type { WishRecord } from '#sdk/protocol/discovery';
import type { Address } from '#sdk/protocol/primitives';

/** What somebody put behind a wish and still holds. */
export interface Stake {
  /** DATAcoin wei. */
  readonly amount: bigint;
  /** It goes where the majority of the stakes goes. */
  readonly follows: boolean;
}

/** What an account can do with a wish now; see IWishlist. */
export interface WishActs {
  readonly back: boolean;
  readonly answer: boolean;
  /** Its whole stake to one of the answers. */
  readonly release: boolean;
  readonly follow: boolean;
  readonly unfollow: boolean;
  /** Numbers of the answer that the rest can be proposed to follow; null where none. */
  readonly propose: string | null;
  readonly payRest: boolean;
  readonly refund: boolean;
}

type Wish = Pick<WishRecord, 'asker' | 'deadline' | 'total' | 'following' | 'rest' | 'answers'>;

/** The answer to which more than half of all stakes was released; undefined where there is none. */
export function majorityAnswer({ answers, total }: Pick<Wish, 'answers' | 'total'>): string | undefined {
  return answers.find(({ released }) => 2n * BigInt(released) > BigInt(total))?.number;
}

/**
 * @param account Who looks; null where nobody is connected. @param now Unix seconds.
 */
export function wishActs(wish: Wish, stake: Stake | null, account: Address | null, now: number): WishActs {
  const open = now <= wish.deadline;
  const held = stake !== null && stake.amount > 0n;
  const proposed = wish.rest !== null;
  const mayPropose = open && !proposed && account === wish.asker && BigInt(wish.following) > 0n;
  return {
    back: open,
    answer: open,
    release: held && wish.answers.length > 0,
    follow: held && !stake.follows && !proposed && open,
    unfollow: held && stake.follows,
    propose: (mayPropose ? majorityAnswer(wish) : undefined) ?? null,
    payRest: wish.rest !== null && now >= wish.rest.payableAt,
    refund: held && (!open || proposed)
  };
}
