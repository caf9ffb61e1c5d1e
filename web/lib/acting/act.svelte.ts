import type { ActParameters } from '#sdk/actions/send-call';
import type { TransactionStep } from '#sdk/actions/send-transaction';
import { m } from '../generated/messages/messages.js';
import type { Step } from '../ui/Steps.svelte';
import { explain, type Explanation } from '../wallet/explain.ts';
import { wallet } from '../wallet/wallet.svelte.ts';
import { awaitIndex } from './await-index.ts';

type Stage = 'preparing' | 'sending' | 'confirming' | 'indexing';

export interface ActOptions {
  /** What happens before the wallet is asked, such as "Store the reason"; none unless said. */
  readonly preparing?: string;
  /** The transaction in words: "End the licence". */
  readonly sending: string;
}

const details: Record<Stage, () => string> = {
  preparing: m.acting_preparing,
  sending: m.acting_sending,
  confirming: m.acting_confirming,
  indexing: m.acting_indexing
};

/**
 * Something that its owner does on the chain, step by step: what is under way, how it failed, what came of it. One per
 * opening of a dialog.
 */
export class Act<Result> {
  stage = $state<Stage | null>(null);
  failure = $state<Explanation | null>(null);
  result = $state.raw<Result | null>(null);
  readonly running = $derived(this.stage !== null && this.failure === null && this.result === null);
  readonly steps = $derived(this.#steps());
  readonly #options: ActOptions;

  constructor(options: ActOptions) {
    this.#options = options;
  }

  /** Does it. Never throws: a failure is in `failure`, and nothing is taken for done before the lists have it too. */
  async run(work: (parameters: ActParameters) => Promise<Result>): Promise<void> {
    if (this.running) return;
    this.failure = null;
    this.stage = this.#options.preparing === undefined ? 'sending' : 'preparing';
    try {
      const { loadMarket } = await import('../wallet/market.ts');
      const [market, client] = await Promise.all([loadMarket(), wallet.client()]);
      if (client === null) {
        this.stage = null;
        await wallet.connect();
        return;
      }
      const result = await work({ market, wallet: client, onStep: (step) => this.#follow(step) });
      this.stage = 'indexing';
      await awaitIndex(market);
      this.result = result;
    } catch (error) {
      this.failure = explain(error);
    }
  }

  /** Back to the beginning, after a failure. */
  again(): void {
    this.stage = null;
    this.failure = null;
  }

  #follow(step: TransactionStep): void {
    if (step.step === 'submitting') this.stage = 'sending';
    else if (step.step === 'confirming') this.stage = 'confirming';
    else if (step.step === 'confirmed') this.stage = 'indexing';
  }

  #steps(): Step[] {
    const { preparing, sending } = this.#options;
    const titles: readonly (readonly [Stage, string])[] = [
      ...(preparing === undefined ? [] : [['preparing', preparing] as const]),
      ['sending', sending],
      ['confirming', m.acting_wait()],
      ['indexing', m.acting_update()]
    ];
    const at = titles.findIndex(([stage]) => stage === this.stage);
    return titles.map(([stage, title], index) => {
      if (this.result !== null || index < at) return { title, state: 'done' };
      if (index > at) return { title, state: 'waiting' };
      return this.failure === null ? { title, state: 'running', detail: details[stage]() } : { title, state: 'failed' };
    });
  }
}
