import type { ActParameters } from '#sdk/actions/send-call';
import { m } from '../generated/messages/messages.js';
import { formatDateTime } from '../ui/format.ts';
import { formatDatacoin } from '../ui/money.ts';

/** An act with a stake that needs nothing but a yes. */
export type StakeActName = 'release' | 'follow' | 'unfollow' | 'propose' | 'payRest' | 'refund';

export interface StakeAct {
  readonly title: () => string;
  /** What it means, before it is done. */
  readonly meaning: () => string;
  readonly action: () => string;
  /** @returns What came of it, as a sentence. */
  readonly run: (parameters: ActParameters & { wish: number; answer: number }) => Promise<string>;
}

export const stakeActs: Record<StakeActName, StakeAct> = {
  release: {
    title: m.wishlist_release_title,
    meaning: m.wishlist_release_means,
    action: m.wishlist_release_action,
    run: async (parameters) => {
      const { releaseStake } = await import('#sdk/actions/release-stake');
      return m.wishlist_went_to_answer({ amount: formatDatacoin((await releaseStake(parameters)).amount) });
    }
  },
  follow: {
    title: m.wishlist_follow,
    meaning: m.wishlist_follow_means,
    action: m.wishlist_follow_action,
    run: async (parameters) => {
      const { followMajority } = await import('#sdk/actions/follow-majority');
      await followMajority({ ...parameters, follows: true });
      return m.wishlist_follow_done();
    }
  },
  unfollow: {
    title: m.wishlist_unfollow,
    meaning: m.wishlist_unfollow_means,
    action: m.wishlist_unfollow,
    run: async (parameters) => {
      const { followMajority } = await import('#sdk/actions/follow-majority');
      await followMajority({ ...parameters, follows: false });
      return m.wishlist_unfollow_done();
    }
  },
  propose: {
    title: m.wishlist_propose_title,
    meaning: m.wishlist_propose_means,
    action: m.wishlist_propose_action,
    run: async (parameters) => {
      const { proposeRest } = await import('#sdk/actions/propose-rest');
      const { payableAt } = await proposeRest(parameters);
      return m.wishlist_propose_done({ time: formatDateTime(payableAt * 1000) });
    }
  },
  payRest: {
    title: m.wishlist_pay_rest,
    meaning: m.wishlist_rest_means,
    action: m.wishlist_pay_rest,
    run: async (parameters) => {
      const { releaseRest } = await import('#sdk/actions/release-rest');
      return m.wishlist_went_to_answer({ amount: formatDatacoin((await releaseRest(parameters)).amount) });
    }
  },
  refund: {
    title: m.wishlist_refund_title,
    meaning: m.wishlist_refund_means,
    action: m.wishlist_refund_action,
    run: async (parameters) => {
      const { refundStake } = await import('#sdk/actions/refund-stake');
      return m.wishlist_flowed_back({ amount: formatDatacoin((await refundStake(parameters)).amount) });
    }
  }
};
