import type { Step } from '../ui/Steps.svelte';

const stages = ['key', 'allowing', 'signing', 'submitting', 'confirming'] as const;
export type PurchaseStage = (typeof stages)[number];

const words: Record<PurchaseStage, { readonly title: string; readonly detail: string }> = {
  key: { title: 'Make your key', detail: 'A reading key is made and kept in this browser.' },
  allowing: {
    title: 'Allow the payment',
    detail: 'Your wallet asks you to send a transaction that allows exactly this price. It pays nothing yet.'
  },
  signing: {
    title: 'Sign the payment',
    detail: 'Your wallet asks you to allow exactly this price. This costs nothing yet.'
  },
  submitting: { title: 'Send the purchase', detail: 'Your wallet asks you to send one transaction.' },
  confirming: { title: 'Wait for the block', detail: 'Sent. You may close this page: the purchase goes on without it.' }
};
const repricedDetail = 'Your wallet sent it again for another fee; whichever is mined counts, and only one can be.';

export interface PurchaseProgress {
  readonly at: PurchaseStage | null;
  readonly failed: boolean;
  readonly done: boolean;
  readonly payment: 'none' | 'signature' | 'transaction';
  readonly repriced: boolean;
}

/** The steps of a purchase, each with how far it is. A gift makes no key: the recipient has it or will make it. */
export function purchaseSteps({ at, failed, done, payment, repriced }: PurchaseProgress): Step[] {
  const index = at === null ? -1 : stages.indexOf(at);
  const gift = payment === 'transaction' || at === 'allowing';
  return stages
    .filter((stage) => {
      if (stage === 'allowing') return payment === 'transaction';
      if (stage === 'signing') return payment === 'signature';
      return stage !== 'key' || !gift;
    })
    .map((stage) => {
      const { title, detail } = words[stage];
      const own = stages.indexOf(stage);
      if (done || own < index) return { title, state: 'done' };
      if (own > index) return { title, state: 'waiting' };
      if (failed) return { title, state: 'failed' };
      return { title, state: 'running', detail: stage === 'confirming' && repriced ? repricedDetail : detail };
    });
}
