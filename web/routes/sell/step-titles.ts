import { m } from '$lib/generated/messages/messages.js';
import type { SellStep } from '$lib/selling/sell-step.ts';

/** What each step is called. */
export const stepTitles: Record<SellStep, () => string> = {
  stream: m.sell_step_stream,
  description: m.sell_step_description,
  sample: m.sell_step_sample,
  terms: m.sell_step_terms,
  price: m.sell_step_price,
  settlement: m.sell_step_settlement,
  check: m.sell_step_check
};
