import type { OfferRecord } from '#sdk/protocol/discovery';
import { explain, type Explanation } from '../wallet/explain.ts';

/** The terms of an offer as they came, whether they are the ones on the chain, and whether the buyer accepts them. */
export class TermsAcceptance {
  accepted = $state(false);
  text = $state<string | null>(null);
  /** Null until the document came and its hash was computed. */
  genuine = $state<boolean | null>(null);
  failure = $state<Explanation | null>(null);
  #checked: Promise<void> | undefined;
  readonly #offer: Pick<OfferRecord, 'termsCid' | 'termsHash'>;

  constructor(offer: Pick<OfferRecord, 'termsCid' | 'termsHash'>) {
    this.#offer = offer;
  }

  /** Fetches the terms and checks their hash. Never throws: a failure is in `failure`. */
  check(): Promise<void> {
    this.#checked = this.#check();
    return this.#checked;
  }

  /** Whether what the buyer can read, and accepted, is what the offer names; waits for a check that is under way. */
  async standing(): Promise<boolean> {
    await this.#checked;
    return this.accepted && this.genuine === true;
  }

  async #check(): Promise<void> {
    this.failure = null;
    try {
      const { readTerms } = await import('./terms-check.ts');
      const { text, genuine } = await readTerms(this.#offer);
      this.text = text;
      this.genuine = genuine;
    } catch (error) {
      this.failure = explain(error);
    }
  }
}
