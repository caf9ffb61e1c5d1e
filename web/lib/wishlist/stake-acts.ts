import type { ActParameters } from '#sdk/actions/send-call';
import { formatDatacoin } from '../ui/money.ts';

/** An act with a stake that needs nothing but a yes. */
export type StakeActName = 'release' | 'follow' | 'unfollow' | 'propose' | 'payRest' | 'refund';

export interface StakeAct {
  readonly title: string;
  /** What it means, before it is done. */
  readonly meaning: string;
  readonly action: string;
  /** @returns What came of it, as a sentence. */
  readonly run: (parameters: ActParameters & { wish: number; answer: number }) => Promise<string>;
}

const data = (wei: bigint) => `${formatDatacoin(wei)} DATA`;

export const stakeActs: Record<StakeActName, StakeAct> = {
  release: {
    title: 'Release your stake',
    meaning:
      'Your whole stake is paid to this answer, for good. Do it when you have seen that the product is what was wished.',
    action: 'Pay it',
    run: async (parameters) => {
      const { releaseStake } = await import('#sdk/actions/release-stake');
      return `${data((await releaseStake(parameters)).amount)} went to the answer.`;
    }
  },
  follow: {
    title: 'Follow the majority',
    meaning:
      'Once more than half of all stakes was released to one answer, whoever wished may propose that yours goes there too. You then have three days to object.',
    action: 'Follow',
    run: async (parameters) => {
      const { followMajority } = await import('#sdk/actions/follow-majority');
      await followMajority({ ...parameters, follows: true });
      return 'Your stake follows the majority. You can take it out at any time until it is paid.';
    }
  },
  unfollow: {
    title: 'Stop to follow',
    meaning: 'Your stake stays behind the wish and moves by your own word alone.',
    action: 'Stop to follow',
    run: async (parameters) => {
      const { followMajority } = await import('#sdk/actions/follow-majority');
      await followMajority({ ...parameters, follows: false });
      return 'Your stake no longer follows the majority.';
    }
  },
  propose: {
    title: 'Propose the rest',
    meaning:
      'More than half of all stakes went to this answer. The stakes that follow the majority shall go there too; their backers have three days to object.',
    action: 'Propose it',
    run: async (parameters) => {
      const { proposeRest } = await import('#sdk/actions/propose-rest');
      const { payableAt } = await proposeRest(parameters);
      return `Proposed. It can be paid from ${new Date(payableAt * 1000).toLocaleString('en-GB')} on.`;
    }
  },
  payRest: {
    title: 'Pay the rest',
    meaning: 'The time for objections is over: the stakes that still follow go to the proposed answer.',
    action: 'Pay the rest',
    run: async (parameters) => {
      const { releaseRest } = await import('#sdk/actions/release-rest');
      return `${data((await releaseRest(parameters)).amount)} went to the answer.`;
    }
  },
  refund: {
    title: 'Take your stake back',
    meaning: 'Your whole stake flows back to your account.',
    action: 'Take it back',
    run: async (parameters) => {
      const { refundStake } = await import('#sdk/actions/refund-stake');
      return `${data((await refundStake(parameters)).amount)} flowed back to you.`;
    }
  }
};
