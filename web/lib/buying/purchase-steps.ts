import type { Step } from '../ui/Steps.svelte';
import { m } from '../generated/messages/messages.js';

const stages = ['key', 'allowing', 'signing', 'submitting', 'confirming'] as const;
export type PurchaseStage = (typeof stages)[number];

const words: Record<PurchaseStage, { readonly title: () => string; readonly detail: () => string }> = {
  key: { title: m.buying_step_key, detail: m.buying_step_key_means },
  allowing: {
    title: m.buying_step_allow,
    detail: m.buying_step_allow_means
  },
  signing: {
    title: m.buying_step_sign,
    detail: m.buying_step_sign_means
  },
  submitting: { title: m.buying_step_send, detail: m.buying_step_send_means },
  confirming: { title: m.buying_step_wait, detail: m.buying_step_wait_means }
};

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
      const title = words[stage].title();
      const own = stages.indexOf(stage);
      if (done || own < index) return { title, state: 'done' };
      if (own > index) return { title, state: 'waiting' };
      if (failed) return { title, state: 'failed' };
      const again = stage === 'confirming' && repriced;
      return { title, state: 'running', detail: again ? m.buying_step_repriced() : words[stage].detail() };
    });
}
