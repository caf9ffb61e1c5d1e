import type { StreamRecord } from '#sdk/protocol/discovery';
import { m } from '../generated/messages/messages.js';
import { explain, type Explanation } from '../wallet/explain.ts';
import { wallet } from '../wallet/wallet.svelte.ts';
import type { Step } from '../ui/Steps.svelte';
import { emptyDraft, loadDraft, saveDraft, type Draft, type Progress } from './draft.ts';
import { faultsOf, type Faults } from './faults.ts';
import type { SellRules } from './offer-terms.ts';
import type { PublishStep } from './publish-product.ts';
import { faultsInStep, isStepBegun, sellSteps, type SellStep } from './sell-step.ts';
import { SvelteSet } from 'svelte/reactivity';

type Owned = Pick<StreamRecord, 'stream' | 'name' | 'publicRead'>;

const titles: Record<PublishStep, () => string> = {
  stream: m.sell_do_stream,
  public: m.sell_do_public,
  publisher: m.sell_do_publisher,
  keys: m.sell_do_keys,
  list: m.sell_do_list
};

/** The selling form: what was typed, what is wrong with it, and how far publishing is. */
export class SellForm {
  draft = $state<Draft>({ ...emptyDraft });
  progress = $state<Progress>({ done: [] });
  /** The browser's copy was read; before that nothing is saved over it. */
  restored = $state(false);
  /** False where the browser keeps nothing: the person is told. */
  kept = $state(true);
  /** When the browser last kept what was typed, in Unix milliseconds. */
  keptAt = $state<number | null>(null);
  /** Faults of a step are shown once it was left, and then as one types. */
  readonly left = new SvelteSet<SellStep>();
  running = $state<PublishStep | null>(null);
  detail = $state('');
  failure = $state<Explanation | null>(null);
  /** Streams of the connected account; null until asked for. */
  owned = $state<readonly Owned[] | null>(null);
  /** Asking for them failed. */
  ownedUnknown = $state(false);

  /** What this market's contracts demand of an offer. */
  readonly rules: SellRules;
  readonly faults: Faults = $derived.by(() => faultsOf(this.draft, this.rules));
  readonly shown: Faults = $derived(
    Object.assign({}, ...[...this.left].map((step) => faultsInStep(this.faults, step))) as Faults
  );
  /** Whether there is anything to throw away. */
  readonly begun = $derived(sellSteps.some((step) => isStepBegun(this.draft, step)));
  readonly busy = $derived(this.running !== null);
  readonly listed = $derived(this.progress.productId);
  readonly steps: PublishStep[] = $derived.by(() => {
    const existing = this.owned?.find((stream) => stream.stream === this.draft.streamAddress.trim().toLowerCase());
    const isPublic = this.draft.access === 'public';
    const steps: PublishStep[] = this.draft.streamMode === 'new' ? ['stream'] : [];
    if (isPublic && existing?.publicRead !== true) steps.push('public');
    if (this.draft.publisher.trim() !== '') steps.push('publisher');
    if (!isPublic) steps.push('keys');
    return [...steps, 'list'];
  });
  readonly shownSteps: Step[] = $derived(
    this.steps.map((step) => {
      const done = this.progress.done.includes(step);
      const now = this.running === step;
      return {
        title: titles[step](),
        state: done ? 'done' : now ? 'running' : this.failure !== null && this.#next === step ? 'failed' : 'waiting',
        detail: now ? this.detail : done && step === 'stream' ? this.progress.stream : undefined
      };
    })
  );
  #keptText = '';
  readonly #next = $derived(this.steps.find((step) => !this.progress.done.includes(step)));

  constructor(rules: SellRules) {
    this.rules = rules;
  }

  /** Reads what this browser kept. */
  restore(): void {
    const saved = loadDraft();
    this.draft = saved.draft;
    this.progress = saved.progress;
    for (const step of sellSteps) if (isStepBegun(saved.draft, step)) this.left.add(step);
    this.restored = true;
  }

  /** How far a step is. */
  stateOf(step: SellStep): 'open' | 'complete' | 'faulty' {
    if (step === 'check') return this.listed === undefined ? 'open' : 'complete';
    const isFaulty = Object.keys(faultsInStep(this.faults, step)).length > 0;
    if (!this.left.has(step)) return 'open';
    return isFaulty ? 'faulty' : 'complete';
  }

  /** Keeps the form as it is; call it in an effect. */
  save(): void {
    const saved = { draft: $state.snapshot(this.draft), progress: $state.snapshot(this.progress) };
    if (!this.restored) return;
    const text = JSON.stringify(saved);
    if (text === this.#keptText) return;
    this.kept = saveDraft(saved);
    // What was only read again is as old as it is.
    if (this.kept && this.#keptText !== '') this.keptAt = Date.now();
    this.#keptText = text;
  }

  /** An empty form for the next product. */
  clear(): void {
    this.draft = { ...emptyDraft };
    this.progress = { done: [] };
    this.left.clear();
    this.failure = null;
  }

  /** Asks the index which streams the account owns. */
  async findStreams(): Promise<void> {
    const account = await wallet.connect();
    if (account === null) return;
    try {
      this.ownedUnknown = false;
      const response = await fetch(`/v1/streams?owner=${account}&limit=100`, { signal: AbortSignal.timeout(10_000) });
      const { streamPageSchema } = await import('#sdk/protocol/discovery');
      this.owned = streamPageSchema.parse(await response.json()).items.filter((stream) => !stream.deleted);
    } catch {
      // The index is away or answers nonsense: the person is told, and can type the address.
      this.ownedUnknown = true;
    }
  }

  /** Publishes what is not published yet. Never throws: failures are in `failure`. */
  async publish(): Promise<void> {
    for (const step of sellSteps) this.left.add(step);
    if (Object.keys(this.faults).length > 0 || this.busy) return;
    this.failure = null;
    try {
      const account = await wallet.connect();
      if (account === null) return;
      this.running = this.#next ?? 'list';
      this.detail = m.sell_doing_wait();
      const [{ publishProduct }, { loadMarket }] = await Promise.all([
        import('./publish-product.ts'),
        import('../wallet/market.ts')
      ]);
      const [market, client] = await Promise.all([loadMarket(), wallet.client()]);
      if (client === null) return;
      await publishProduct({
        market,
        wallet: client,
        draft: $state.snapshot(this.draft),
        progress: $state.snapshot(this.progress),
        steps: this.steps,
        onStep: (step, detail) => {
          this.running = step;
          this.detail = detail;
        },
        onProgress: (progress) => {
          this.progress = progress;
        }
      });
    } catch (error) {
      this.failure = explain(error);
    } finally {
      this.running = null;
    }
  }
}
