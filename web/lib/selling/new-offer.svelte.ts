import type { ListProductReturnType } from '#sdk/actions/list-product';
import type { ActParameters } from '#sdk/actions/send-call';
import type { ProductDocument } from '#sdk/protocol/product-document';
import { TributaryError } from '#sdk/protocol/problem';
import { m } from '../generated/messages/messages.js';
import { explain, type Explanation } from '../wallet/explain.ts';
import { loadMarket } from '../wallet/market.ts';
import { draftOfOffer } from './offer-draft.ts';
import { offerTermsOf } from './offer-terms.ts';
import type { Sale } from './sales.ts';
import { SellForm } from './sell-form.svelte.ts';
import { faultsInStep } from './sell-step.ts';

const steps = ['terms', 'price', 'settlement'] as const;

/** The product has no description that a new offer could take over. */
class DescriptionMissingError extends TributaryError {
  readonly code = 'description-missing';
  readonly title = m.desk_offer_undescribed();
}

/** Another offer of a product: the present one's terms to change, then both transactions in one. */
export class NewOffer {
  readonly sale: Sale;
  /** Filled in with the present offer; null until that was read. */
  form = $state.raw<SellForm | null>(null);
  failure = $state.raw<Explanation | null>(null);
  #document: ProductDocument | null = null;

  constructor(sale: Sale) {
    this.sale = sale;
  }

  /** Reads the present terms and description. Never throws: see `failure`. What was typed before stays. */
  async load(): Promise<void> {
    if (this.form !== null) return;
    this.failure = null;
    const { offer, productId } = this.sale;
    try {
      const [{ fetchProduct }, { fetchDocument }, { readStream }, { contentIdOfDigest }] = await Promise.all([
        import('#sdk/actions/fetch-product'),
        import('#sdk/actions/fetch-document'),
        import('#sdk/actions/read-stream'),
        import('#sdk/protocol/content-id')
      ]);
      const market = await loadMarket();
      const [{ product }, terms, streams] = await Promise.all([
        fetchProduct({ market, productId }),
        fetchDocument({ market, cid: contentIdOfDigest(offer.termsHash) }),
        Promise.all(offer.streams.map((stream) => readStream({ market, stream })))
      ]);
      if (product.document === null) throw new DescriptionMissingError(m.desk_offer_undescribed_means());
      this.#document = product.document;
      const form = new SellForm(market.deployment);
      const context = {
        terms: terms.text,
        slotDuration: Math.max(...streams.map(({ slotDuration }) => slotDuration)),
        publicRead: streams.some(({ publicRead }) => publicRead)
      };
      form.draft = draftOfOffer(offer, context, market.deployment);
      for (const step of steps) form.left.add(step);
      this.form = form;
    } catch (error) {
      this.failure = explain(error);
    }
  }

  /** Whether the chain would take what was typed: what is wrong stands beside the fields. */
  get sound(): boolean {
    const { form } = this;
    return form !== null && steps.every((step) => Object.keys(faultsInStep(form.faults, step)).length === 0);
  }

  /** Lists the new offer, and in the same transaction takes the present one off sale. @throws as listProduct of the sdk. */
  async list({ market, wallet, onStep }: ActParameters): Promise<ListProductReturnType> {
    const { offer, position, listed } = this.sale;
    const { form } = this;
    if (form === null || this.#document === null) throw new DescriptionMissingError(m.desk_offer_undescribed_means());
    const { listProduct } = await import('#sdk/actions/list-product');
    return listProduct({
      ...offerTermsOf($state.snapshot(form.draft), market.deployment),
      market,
      wallet,
      beneficiary: offer.beneficiary,
      terms: form.draft.terms,
      document: this.#document,
      ...(listed ? { replaces: { offer, position } } : { productNumber: offer.productNumber }),
      onStep: (step) => {
        if (step.step !== 'uploading') onStep?.(step);
      }
    });
  }
}
